//! Skills: somebody in the crew has each skill that the visit asks for.

/// True when the crew's skills together hold every skill asked for.
pub fn are_held<'a>(asked: &[String], held: impl Iterator<Item = &'a String> + Clone) -> bool {
    asked.iter().all(|skill| held.clone().any(|had| had == skill))
}
