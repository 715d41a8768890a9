//! Where members stand in a record: paths of names and places, and the record that is put together from them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The last place in a list that a path may name. `[I]`
const LAST_PLACE: usize = 49;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The member of an object.
    Member(String),
    /// The place in a list, from 0.
    Place(usize),
}

/// A path, dotted or as a JSON pointer; nothing where it is none.
#[must_use]
pub fn steps(path: &str) -> Option<Vec<Step>> {
    let tokens: Vec<String> = match path.strip_prefix('/') {
        Some(pointer) => pointer.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect(),
        None => path.split('.').map(str::to_owned).collect(),
    };
    let steps: Option<Vec<Step>> = tokens.into_iter().map(step).collect();
    steps.filter(|steps| matches!(steps.first(), Some(Step::Member(_))))
}

fn step(token: String) -> Option<Step> {
    if token.is_empty() {
        None
    } else if token.bytes().all(|byte| byte.is_ascii_digit()) {
        token.parse().ok().filter(|place| *place <= LAST_PLACE).map(Step::Place)
    } else {
        Some(Step::Member(token))
    }
}

/// A path as a JSON pointer.
#[must_use]
pub fn pointer(path: &[Step]) -> String {
    let token = |step: &Step| match step {
        Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Place(place) => format!("/{place}"),
    };
    path.iter().map(token).collect()
}

/// True where two paths cannot both be filled: one leads to the other, or they take the same thing for an object and for a list.
#[must_use]
pub fn clash(one: &[Step], other: &[Step]) -> bool {
    for (one, other) in one.iter().zip(other) {
        match (one, other) {
            (Step::Member(one), Step::Member(other)) if one != other => return false,
            (Step::Place(one), Step::Place(other)) if one != other => return false,
            (Step::Member(_), Step::Member(_)) | (Step::Place(_), Step::Place(_)) => {}
            (Step::Member(_), Step::Place(_)) | (Step::Place(_), Step::Member(_)) => return true,
        }
    }
    true
}

/// A value that fills a member, and the column that it came from; none of what is always the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The value.
    pub value: Value,
    /// The column, by its place; of a list of several columns, that of each item.
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The mapping itself.
    Constant,
    /// This column.
    Column(usize),
    /// A list of which each item has its own.
    Columns(Vec<usize>),
}

/// A record that is being put together.
#[derive(Debug, Default)]
pub struct Part {
    leaf: Option<Leaf>,
    parts: BTreeMap<Step, Part>,
    /// True where a column is to fill something in it.
    wants_columns: bool,
    /// True where one did.
    has_columns: bool,
}

/// The record, and which column each of its places came from.
#[derive(Debug, Default)]
pub struct PutTogether {
    /// Its members.
    pub data: Map<String, Value>,
    /// JSON pointers within the record, and columns.
    pub columns: Vec<(String, usize)>,
}

impl Part {
    /// Fills a place, or leaves it: `leaf` is none where the cell was empty.
    pub fn fill(&mut self, path: &[Step], leaf: Option<Leaf>, from_column: bool) {
        self.wants_columns |= from_column;
        self.has_columns |= from_column && leaf.as_ref().is_some_and(|leaf| !is_nothing(&leaf.value));
        match path.split_first() {
            None => self.leaf = leaf,
            Some((step, rest)) => self.parts.entry(step.clone()).or_default().fill(rest, leaf, from_column),
        }
    }

    /// The record. An object within it of which every column is empty is not there at all, whatever is always the same in it.
    #[must_use]
    pub fn record(self) -> PutTogether {
        let mut together = PutTogether::default();
        for (step, part) in self.parts {
            let Step::Member(name) = step else { continue };
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            if let Some(value) = part.value(&pointer, &mut together.columns) {
                together.data.insert(name, value);
            }
        }
        together
    }

    fn value(self, pointer: &str, columns: &mut Vec<(String, usize)>) -> Option<Value> {
        if self.parts.is_empty() {
            return self.leaf.map(|leaf| leaf.told(pointer, columns));
        }
        if self.wants_columns && !self.has_columns {
            return None;
        }
        let (mut members, mut items) = (Map::new(), Vec::new());
        for (step, part) in self.parts {
            match step {
                Step::Member(name) => {
                    let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    members.extend(part.value(&at, columns).map(|value| (name, value)));
                }
                Step::Place(_) => {
                    let at = format!("{pointer}/{}", items.len());
                    items.extend(part.value(&at, columns));
                }
            }
        }
        Some(if members.is_empty() { Value::Array(items) } else { Value::Object(members) })
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

impl Leaf {
    fn told(self, pointer: &str, columns: &mut Vec<(String, usize)>) -> Value {
        match self.origin {
            Origin::Constant => {}
            Origin::Column(column) => columns.push((pointer.to_owned(), column)),
            Origin::Columns(each) => {
                columns.extend(each.into_iter().enumerate().map(|(at, column)| (format!("{pointer}/{at}"), column)));
            }
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Vec<Step> {
        steps(text).unwrap()
    }

    fn column(at: usize, value: Value) -> Option<Leaf> {
        Some(Leaf { value, origin: Origin::Column(at) })
    }

    #[test]
    fn a_path_is_dotted_or_a_pointer() {
        assert_eq!(path("mappa.level"), path("/mappa/level"));
        assert_eq!(path("/external_refs/0/id")[1], Step::Place(0));
        assert_eq!(path("/a~1b~0c"), [Step::Member("a/b~c".to_owned())]);
        for none in ["", "a..b", "/", "0.a", "/a/50", "/a//b"] {
            assert_eq!(steps(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_filled_as_a_whole_and_in_parts_clashes() {
        for (one, other, clashes) in [
            ("a", "a", true),
            ("a", "a.b", true),
            ("a.b", "a.c", false),
            ("a.0", "a.1", false),
            ("a.0", "a.b", true),
            ("a", "b.a", false),
        ] {
            assert_eq!(clash(&path(one), &path(other)), clashes, "{one} {other}");
            assert_eq!(clash(&path(other), &path(one)), clashes, "{other} {one}");
        }
    }

    #[test]
    fn an_object_of_which_every_column_is_empty_is_not_there() {
        let always = || Some(Leaf { value: json!("oasys"), origin: Origin::Constant });
        let filled = |band: Option<Leaf>| {
            let mut record = Part::default();
            record.fill(&path("name"), column(0, json!("A")), true);
            record.fill(&path("static_risk.tool"), always(), false);
            record.fill(&path("static_risk.band"), band, true);
            record.fill(&path("mappa.level"), always(), false);
            record.record().data
        };
        assert_eq!(Value::Object(filled(None)), json!({"name": "A", "mappa": {"level": "oasys"}}));
        assert_eq!(filled(column(1, json!("high")))["static_risk"], json!({"tool": "oasys", "band": "high"}));
        assert_eq!(filled(column(1, Value::Null)).get("static_risk"), None);
    }

    #[test]
    fn places_close_up_and_know_their_columns() {
        let mut record = Part::default();
        record.fill(&path("/refs/0/id"), None, true);
        record.fill(&path("/refs/1/id"), column(4, json!("x")), true);
        let lines = Leaf { value: json!(["a", "b"]), origin: Origin::Columns(vec![7, 9]) };
        record.fill(&path("lines"), Some(lines), true);
        let together = record.record();
        assert_eq!(Value::Object(together.data), json!({"refs": [{"id": "x"}], "lines": ["a", "b"]}));
        let told: Vec<_> = together.columns.iter().map(|(at, column)| (at.as_str(), *column)).collect();
        assert_eq!(told, [("/lines/0", 7), ("/lines/1", 9), ("/refs/0/id", 4)]);
    }
}
