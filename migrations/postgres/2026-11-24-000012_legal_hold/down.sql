DROP TABLE legal_hold CASCADE;
DROP FUNCTION keep_history_on_legal_hold() CASCADE;
DROP FUNCTION keep_case_on_legal_hold() CASCADE;
DROP FUNCTION keep_acknowledgement_on_legal_hold() CASCADE;
DROP FUNCTION keep_table_with_legal_holds() CASCADE;
DROP FUNCTION keep_legal_hold_until_released() CASCADE;
