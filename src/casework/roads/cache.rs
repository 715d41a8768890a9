//! What the road service said already, in this process's memory alone: it tells where offenders live, so nothing of it is
//! written down outside the case store. Bounded in number and in age; all of one version of the service's map.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::point::Point;

/// Seconds between ordered pairs of places; nothing where there is no road.
pub(super) type Pairs = HashMap<(Point, Point), Option<u32>>;

#[derive(Debug)]
pub(super) struct Cache {
    keep_for: Duration,
    most: usize,
    data_version: Option<String>,
    known: HashMap<(Point, Point), (Option<u32>, Instant)>,
}

impl Cache {
    pub(super) fn new(keep_for: Duration, most: usize) -> Self {
        Self { keep_for, most, data_version: None, known: HashMap::new() }
    }

    /// What is known between these places, and by which version of the map.
    pub(super) fn between(&self, points: &[Point], now: Instant) -> (Pairs, Option<String>) {
        let is_young = |at: &Instant| now.saturating_duration_since(*at) < self.keep_for;
        let pairs = points.iter().flat_map(|from| points.iter().map(move |to| (*from, *to)));
        let known = pairs.filter_map(|pair| {
            let (seconds, at) = self.known.get(&pair)?;
            is_young(at).then_some((pair, *seconds))
        });
        (known.collect(), self.data_version.clone())
    }

    /// Keeps what was told now. What is old goes; what is of another version of the map goes; where it would be too much, all
    /// that was kept before goes.
    pub(super) fn keep(&mut self, told: &Pairs, data_version: Option<&String>, now: Instant) {
        if self.data_version.as_ref() != data_version {
            self.forget();
            self.data_version = data_version.cloned();
        }
        self.known.retain(|_, (_, at)| now.saturating_duration_since(*at) < self.keep_for);
        if self.known.len() + told.len() > self.most {
            self.known.clear();
        }
        if told.len() <= self.most {
            self.known.extend(told.iter().map(|(pair, seconds)| (*pair, (*seconds, now))));
        }
    }

    pub(super) fn forget(&mut self) {
        self.known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::team::Location;

    fn point(at: u8) -> Point {
        Point::of(Location { latitude: f64::from(at), longitude: 0.0 })
    }

    fn pairs(of: &[(u8, u8)]) -> Pairs {
        of.iter().map(|(from, to)| ((point(*from), point(*to)), Some(u32::from(*from)))).collect()
    }

    #[test]
    fn what_was_told_is_known_for_a_while_of_one_map_and_no_more_than_so_much() {
        let (hour, began) = (Duration::from_secs(3_600), Instant::now());
        let all = [point(1), point(2), point(3)];
        let map = |name: &str| Some(name.to_owned());
        let mut cache = Cache::new(hour, 4);
        cache.keep(&pairs(&[(1, 2), (2, 1)]), map("a").as_ref(), began);
        assert_eq!(cache.between(&all, began), (pairs(&[(1, 2), (2, 1)]), map("a")));
        assert_eq!(cache.between(&all[1..], began).0.len(), 0, "only between the places asked for");
        assert_eq!(cache.between(&all, began + hour).0.len(), 0);
        cache.keep(&pairs(&[(1, 3), (3, 1)]), map("a").as_ref(), began + hour / 2);
        assert_eq!(cache.between(&all, began + hour / 2).0.len(), 4);
        cache.keep(&pairs(&[(2, 3)]), map("a").as_ref(), began + hour);
        assert_eq!(cache.known.len(), 3, "what is old is not even kept");
        cache.keep(&pairs(&[(3, 2), (1, 2)]), map("a").as_ref(), began + hour);
        assert_eq!(cache.known.len(), 2, "too much: begun anew");
        cache.keep(&pairs(&[(1, 2), (2, 1), (1, 3), (3, 1), (2, 3)]), map("a").as_ref(), began + hour);
        assert_eq!(cache.known.len(), 0, "more than there is room for is not kept");
        cache.keep(&pairs(&[(1, 2)]), map("b").as_ref(), began);
        cache.keep(&pairs(&[(2, 1)]), None, began);
        assert_eq!(cache.between(&all, began), (pairs(&[(2, 1)]), None));
    }
}
