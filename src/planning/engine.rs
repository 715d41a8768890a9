//! The engine: by which way of planning a proposal was made.
//!
//! A proposal follows from its snapshot, seed and iterations, and from the program that plans. The first three are
//! kept with it; this name is kept too, so that whoever plans a stored proposal again can tell a change of
//! the program from a fault.

/// The name of this release's way of planning. It changes with whatever makes the same snapshot, seed and
/// iterations lead to other bytes; the test below finds out.
pub const ENGINE: &str = "2";

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::ENGINE;
    use crate::planning::proposal::propose;
    use crate::planning::search::Budget;
    use crate::planning::worlds::{accepted, world};

    /// The engine, and the digest of what it plans for the worlds below.
    const KNOWN: (&str, &str) = ("2", "4925d59c9ec2b710fa24160c2cb23b2d6650afab441141f1a93e1939e72a0dd0");

    #[test]
    fn another_way_of_planning_has_another_name() {
        let mut digest = Sha256::new();
        for seed in 0..4 {
            let snapshot = world(seed, 24, 6, 14);
            let first = propose(&snapshot, Budget { seed, iterations: 150 }, |_| {}).unwrap();
            let next = accepted(snapshot, &first, first.horizon.until);
            let second = propose(&next, Budget { seed, iterations: 150 }, |_| {}).unwrap();
            for proposal in [first, second] {
                digest.update(serde_json::to_string(&proposal).unwrap());
            }
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            KNOWN,
            (ENGINE, digest.as_str()),
            "this plans otherwise than the engine of that name: where that is meant, give ENGINE the next number and take both over here"
        );
    }
}
