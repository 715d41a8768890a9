-- Standings say whether reactive management is suspended: those of the other shape are not counted from.
UPDATE flag_evaluation SET standings_at = NULL;
