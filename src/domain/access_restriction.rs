//! Limited-access cases: who alone may see a case, or who may not, because they know the offender, the victim or
//! each other. Need-to-know, as the confidentiality of the records system has it (College APP on information management).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::reference::Ref;

/// Who may see a case, and who may not. An exclusion counts for more than a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRestriction {
    /// Of whom.
    pub offender_ref: Ref,
    /// The officers who alone may see the case; everybody in scope, where it is empty.
    pub restricted_to: BTreeSet<Ref>,
    /// The officers who may not.
    pub excluded: BTreeSet<Ref>,
    /// Why, in free text.
    pub reason: String,
    /// The officer who decided it.
    pub decided_by: Ref,
}

impl AccessRestriction {
    /// True where somebody is named: the case is a limited-access one.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        !self.restricted_to.is_empty() || !self.excluded.is_empty()
    }

    /// True when an officer may see the case.
    #[must_use]
    pub fn admits(&self, officer: Option<&Ref>) -> bool {
        admits(&self.restricted_to, &self.excluded, officer)
    }
}

/// True when an officer may see a case that so many alone may see and others may not. Somebody who is not known by an officer's
/// reference may be anybody, the one who is excluded too: they may where nobody is named either way.
#[must_use]
pub fn admits(restricted_to: &BTreeSet<Ref>, excluded: &BTreeSet<Ref>, officer: Option<&Ref>) -> bool {
    let Some(officer) = officer else { return restricted_to.is_empty() && excluded.is_empty() };
    !excluded.contains(officer) && (restricted_to.is_empty() || restricted_to.contains(officer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(refs: &[&str]) -> BTreeSet<Ref> {
        refs.iter().map(|reference| Ref::new(*reference).unwrap()).collect()
    }

    #[test]
    fn an_exclusion_counts_for_more_than_a_permission() {
        for (only, excluded, officer, admitted) in [
            (&[][..], &[][..], Some("a"), true),
            (&[], &[], None, true),
            (&["a"], &[], Some("a"), true),
            (&["a"], &[], Some("b"), false),
            (&["a"], &[], None, false),
            (&[], &["a"], Some("a"), false),
            (&[], &["a"], Some("b"), true),
            (&[], &["a"], None, false),
            (&["a"], &["a"], Some("a"), false),
        ] {
            let restriction = AccessRestriction {
                offender_ref: Ref::new("o").unwrap(),
                restricted_to: set(only),
                excluded: set(excluded),
                reason: String::new(),
                decided_by: Ref::new("di").unwrap(),
            };
            let officer = officer.map(|officer| Ref::new(officer).unwrap());
            assert_eq!(restriction.admits(officer.as_ref()), admitted, "{only:?} {excluded:?} {officer:?}");
        }
    }
}
