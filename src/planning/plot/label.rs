//! Labels beside marks: each where it covers no mark and no other label, tried in a fixed order.

use super::ground::Area;
use super::homes::RADIUS;
use super::svg::Point;

/// How large labels are.
pub(super) const SIZE: f64 = 10.0;

/// How wide a character is at most, as a part of the size, in the fonts asked for; digits and small letters are narrower.
const CHARACTER: f64 = 0.64;

/// A box on the page.
#[derive(Debug, Clone, Copy)]
struct Block {
    at: Point,
    width: f64,
    height: f64,
}

impl Block {
    fn covers(&self, other: &Self) -> bool {
        self.at.x < other.at.x + other.width
            && other.at.x < self.at.x + self.width
            && self.at.y < other.at.y + other.height
            && other.at.y < self.at.y + self.height
    }
}

/// What is taken already.
#[derive(Debug)]
pub(super) struct Labels {
    area: Area,
    taken: Vec<Block>,
}

/// How wide a text is at most.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    text.chars().map(|_| CHARACTER * size).sum()
}

impl Labels {
    /// Room around marks.
    pub fn around(marks: &[Point], area: Area) -> Self {
        let side = 2.0 * RADIUS;
        let block = |mark: &Point| Block { at: mark.plus(-RADIUS, -RADIUS), width: side, height: side };
        Self { area, taken: marks.iter().map(block).collect() }
    }

    /// Where a text has room beside a mark, as the beginning of its base line; taken from then on.
    pub fn place(&mut self, text: &str, mark: Point) -> Option<Point> {
        let (width, height) = (width_of(text, SIZE), SIZE * 1.1);
        let gap = RADIUS + 7.0;
        let tried = [
            mark.plus(gap, -height / 2.0),
            mark.plus(-gap - width, -height / 2.0),
            mark.plus(-width / 2.0, -gap - height),
            mark.plus(-width / 2.0, gap),
            mark.plus(gap - 3.0, -gap - height / 2.0),
            mark.plus(gap - 3.0, gap - height / 2.0),
            mark.plus(-gap - width + 3.0, -gap - height / 2.0),
            mark.plus(-gap - width + 3.0, gap - height / 2.0),
        ];
        let found = tried.into_iter().map(|at| Block { at, width, height }).find(|block| self.has_room(block))?;
        self.taken.push(found);
        Some(found.at.plus(0.0, SIZE * 0.85))
    }

    fn has_room(&self, block: &Block) -> bool {
        let Area { at, width, height } = self.area;
        let is_inside = block.at.x >= at.x
            && block.at.y >= at.y
            && block.at.x + block.width <= at.x + width
            && block.at.y + block.height <= at.y + height;
        is_inside && !self.taken.iter().any(|taken| taken.covers(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_inside_and_cover_neither_marks_nor_each_other() {
        let area = Area { at: Point { x: 0.0, y: 0.0 }, width: 100.0, height: 60.0 };
        let marks = [Point { x: 20.0, y: 30.0 }, Point { x: 90.0, y: 30.0 }];
        let mut labels = Labels::around(&marks, area);
        let first = labels.place("p-1", marks[0]).unwrap();
        assert!(first.x > 20.0, "to the right, where there is room");
        let second = labels.place("p-2", marks[1]).unwrap();
        assert!(second.x < 90.0, "to the left: the right is outside");
        while labels.place("p-1", marks[0]).is_some() {}
        for (at, block) in labels.taken.iter().enumerate() {
            assert!(labels.taken.iter().skip(at + 1).all(|other| !block.covers(other)));
        }
    }
}
