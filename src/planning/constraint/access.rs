//! Limited access: nobody is sent to a case from which they are shut out. Need-to-know, as the confidentiality of the
//! records system has it (College APP on information management `[S]`).

/// True when the case does not shut an officer out.
#[must_use]
pub fn admits(shut_out: &[usize], officer: usize) -> bool {
    !shut_out.contains(&officer)
}
