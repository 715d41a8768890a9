//! Chance, seeded: the same seed, force, purpose and number give the same draws, whatever was drawn
//! elsewhere. So forces and offenders do not depend on each other.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use sha2::{Digest, Sha256};

/// A stream of draws.
pub(super) struct Chance(Pcg64);

impl Chance {
    pub(super) fn of(seed: u64, force: &str, purpose: &str, number: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(number.to_be_bytes());
        hash.update(purpose);
        hash.update([0]);
        hash.update(force);
        Self(Pcg64::from_seed(hash.finalize().into()))
    }

    /// A number from `low` to `high`, both included; `low` where they are the wrong way round.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        if low >= high { low } else { self.0.random_range(low..=high) }
    }

    /// True in so many of a thousand draws.
    pub(super) fn happens(&mut self, per_thousand: u32) -> bool {
        self.between(1, 1_000) <= per_thousand
    }

    /// One of the values, each as often as the others; nothing where there are none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = u32::try_from(from.len()).ok()?.checked_sub(1)?;
        from.get(usize::try_from(self.between(0, last)).ok()?)
    }

    /// One of the texts.
    pub(super) fn text(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).copied().unwrap_or_default()
    }

    /// One of the values, each in so many of a thousand draws; `otherwise` in the rest.
    pub(super) fn weighted<T: Copy>(&mut self, weights: &[(T, u32)], otherwise: T) -> T {
        let mut drawn = self.between(1, 1_000);
        for (value, weight) in weights {
            if drawn <= *weight {
                return *value;
            }
            drawn -= weight;
        }
        otherwise
    }

    /// Mixes a list.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let bound = u32::try_from(last).unwrap_or(u32::MAX);
            list.swap(last, usize::try_from(self.between(0, bound)).unwrap_or(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(mut chance: Chance) -> Vec<u32> {
        (0..8).map(|_| chance.between(0, 1_000_000)).collect()
    }

    #[test]
    fn each_seed_force_purpose_and_number_has_its_own_draws() {
        let first = draws(Chance::of(1, "wessex", "case", 7));
        assert_eq!(first, draws(Chance::of(1, "wessex", "case", 7)));
        for other in [
            Chance::of(2, "wessex", "case", 7),
            Chance::of(1, "mercia", "case", 7),
            Chance::of(1, "wessex", "plan", 7),
            Chance::of(1, "wessex", "case", 8),
        ] {
            assert_ne!(first, draws(other));
        }
    }

    #[test]
    fn weights_are_shares_of_a_thousand() {
        let mut chance = Chance::of(1, "wessex", "test", 0);
        let mut seen = [0_u32; 3];
        for _ in 0..10_000 {
            seen[chance.weighted(&[(0, 600), (1, 300)], 2)] += 1;
        }
        assert!(seen[0].abs_diff(6_000) < 250 && seen[1].abs_diff(3_000) < 250 && seen[2].abs_diff(1_000) < 250);
        assert!(!chance.happens(0) && chance.happens(1_000));
    }
}
