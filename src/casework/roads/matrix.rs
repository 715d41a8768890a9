//! The tables of one snapshot, put together: only what is not known yet is asked for, in parts that the service takes.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Instant;

use super::Parts;
use super::cache::Pairs;
use super::gate::Gate;
use super::point::Point;
use super::table::Line;
use crate::domain::team::Location;
use crate::planning::road_matrix::FallBack;

/// What the service tells of the places of a snapshot.
pub(super) struct Told {
    points: Vec<Point>,
    pairs: Pairs,
    pub(super) data_version: Option<String>,
}

impl Told {
    /// Seconds from one place to another, by their order in the snapshot; nothing where there is no road.
    pub(super) fn seconds(&self, from: usize, to: usize) -> Option<u32> {
        let (from, to) = (*self.points.get(from)?, *self.points.get(to)?);
        if from == to { Some(0) } else { self.pairs.get(&(from, to)).copied().flatten() }
    }
}

impl Parts {
    /// What the service tells of places. Where its map turns out to be another than that of what is known, all is asked for
    /// once more.
    pub(super) fn told(&self, places: &[Location], gate: &Gate) -> Result<Told, FallBack> {
        let points: Vec<Point> = places.iter().map(|place| Point::of(*place)).collect();
        let mut distinct = points.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let now = Instant::now();
        let deadline = now.checked_add(self.config.snapshot_limit).unwrap_or(now);
        let line = Line::new(&self.config, gate.clone(), deadline);
        for _ in 0..2 {
            if let Some((pairs, data_version)) = self.of_one_map(&distinct, &line, now)? {
                return Ok(Told { points, pairs, data_version });
            }
        }
        Err(FallBack::InvalidAnswer)
    }

    /// The same, of one version of the map; nothing where it changed meanwhile, and then nothing of it is kept.
    fn of_one_map(
        &self,
        points: &[Point],
        line: &Line<'_>,
        now: Instant,
    ) -> Result<Option<(Pairs, Option<String>)>, FallBack> {
        let (mut pairs, mut data_version) = self.cache().between(points, now);
        let mut is_of_a_map = !pairs.is_empty();
        let (known, fresh) = known_and_fresh(points, &pairs);
        let mut new = Pairs::new();
        let most = self.config.places_a_request;
        for (from, to) in parts(&fresh, points, most).chain(parts(&known, &fresh, most)) {
            let table = line.ask(from, to)?;
            if is_of_a_map && table.data_version != data_version {
                self.cache().forget();
                return Ok(None);
            }
            (is_of_a_map, data_version) = (true, table.data_version);
            for (from, row) in from.iter().zip(table.seconds) {
                new.extend(to.iter().zip(row).map(|(to, seconds)| ((*from, *to), seconds)));
            }
        }
        self.cache().keep(&new, data_version.as_ref(), now);
        pairs.extend(new);
        Ok(Some((pairs, data_version)))
    }
}

/// Places of which every road to every other of them is known, and the rest; those of which most is known first, so that one
/// new place does not make all others new.
fn known_and_fresh(points: &[Point], pairs: &Pairs) -> (Vec<Point>, Vec<Point>) {
    let mut points = points.to_vec();
    let roads_from = |from: &Point| points.iter().filter(|to| pairs.contains_key(&(*from, **to))).count();
    let told: HashMap<Point, usize> = points.iter().map(|point| (*point, roads_from(point))).collect();
    points.sort_by_key(|point| Reverse(told.get(point).copied()));
    let (mut known, mut fresh) = (Vec::new(), Vec::new());
    for point in points {
        let is_known = |other: &Point| pairs.contains_key(&(point, *other)) && pairs.contains_key(&(*other, point));
        if known.iter().all(is_known) { known.push(point) } else { fresh.push(point) }
    }
    (known, fresh)
}

/// All pairs of some places with others, in parts of at most so many places.
fn parts<'a>(
    sources: &'a [Point],
    destinations: &'a [Point],
    most: usize,
) -> impl Iterator<Item = (&'a [Point], &'a [Point])> {
    let from = sources.len().clamp(1, (most / 2).max(1));
    let to = most.saturating_sub(from).max(1);
    sources.chunks(from).flat_map(move |part| destinations.chunks(to).map(move |other| (part, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(of: std::ops::Range<u8>) -> Vec<Point> {
        of.map(|at| Point::of(Location { latitude: f64::from(at), longitude: 1.0 })).collect()
    }

    #[test]
    fn parts_cover_every_pair_once_and_none_is_too_large() {
        for (sources, destinations, most) in [(0, 7, 4), (1, 7, 4), (7, 7, 2), (9, 30, 10), (30, 30, 100), (3, 40, 11)]
        {
            let (sources, destinations) = (points(0..sources), points(100..100 + destinations));
            let mut pairs = std::collections::BTreeSet::new();
            for (from, to) in parts(&sources, &destinations, most) {
                assert!(from.len() + to.len() <= most);
                let all = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
                assert!(all.into_iter().all(|pair| pairs.insert(pair)));
            }
            assert_eq!(pairs.len(), sources.len() * destinations.len());
        }
    }

    #[test]
    fn one_new_place_is_asked_for_alone() {
        let old = points(0..5);
        let pairs = old.iter().flat_map(|from| old.iter().map(move |to| ((*from, *to), None))).collect();
        assert_eq!(known_and_fresh(&points(0..6), &pairs), (old.clone(), points(5..6)));
        let first = [points(5..6), points(0..5)].concat();
        assert_eq!(known_and_fresh(&first, &pairs), (old, points(5..6)), "wherever it stands");
        assert_eq!(known_and_fresh(&points(0..3), &Pairs::new()), (points(0..1), points(1..3)));
    }
}
