//! A strict reader of what the plots write: XML 1.0 without declarations, comments, or entities of its own.

/// An element as it was read.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The text directly in it, its references resolved.
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// Itself and all below it, in the order of the document.
    pub fn all(&self) -> Vec<&Element> {
        let mut all = vec![self];
        all.extend(self.children.iter().flat_map(Element::all));
        all
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a whole document.
pub fn read(document: &str) -> Element {
    assert!(document.chars().all(is_allowed), "a character that XML cannot hold");
    let mut open: Vec<Element> = vec![Element::default()];
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        open.last_mut().unwrap().text.push_str(&resolved(text));
        let end = end_of_tag(tag);
        let (tag, after) = tag.split_at(end + 1);
        rest = after;
        let inner = tag.strip_prefix('<').unwrap().strip_suffix('>').unwrap();
        if let Some(name) = inner.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name, "closed in another order than opened");
            open.last_mut().unwrap().children.push(closed);
        } else if let Some(inner) = inner.strip_suffix('/') {
            let empty = element(inner);
            open.last_mut().unwrap().children.push(empty);
        } else {
            open.push(element(inner));
        }
    }
    assert_eq!(rest.trim(), "", "text after the document");
    let mut document = open.pop().unwrap();
    assert!(open.is_empty() && document.text.trim().is_empty() && document.children.len() == 1, "one root");
    document.children.pop().unwrap()
}

/// Where a tag ends: the first `>` outside a value.
fn end_of_tag(tag: &str) -> usize {
    let mut in_value = false;
    for (at, character) in tag.char_indices() {
        match character {
            '"' => in_value = !in_value,
            '>' if !in_value => return at,
            '<' if at > 0 => panic!("a < inside a tag: {tag:.60}"),
            _ => {}
        }
    }
    panic!("a tag without an end: {tag:.60}")
}

fn element(inner: &str) -> Element {
    let (name, mut rest) = inner.split_once(' ').map_or((inner, ""), |(name, rest)| (name, rest));
    assert!(is_name(name), "{name}");
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no attribute: {rest:.60}"));
        let (value, after) = after.split_once('"').unwrap();
        assert!(is_name(name) && element.attribute(name).is_none(), "{name} twice, or no name");
        element.attributes.push((name.to_owned(), resolved(value)));
        rest = after.strip_prefix(' ').unwrap_or(after);
        assert!(after.is_empty() || after.starts_with(' '), "attributes that are not apart");
    }
    element
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// XML 1.0, production 2, less the control characters that are discouraged.
fn is_allowed(character: char) -> bool {
    character == '\n' || (!character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}'))
}

fn resolved(text: &str) -> String {
    assert!(!text.contains("]]>"), "]]> in text");
    let mut parts = text.split('&');
    let mut resolved = parts.next().unwrap().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').unwrap_or_else(|| panic!("a bare &: {part:.60}"));
        resolved.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("an entity of its own: {other}"),
        });
        resolved.push_str(after);
    }
    resolved
}

#[test]
fn what_is_not_well_formed_is_refused() {
    assert_eq!(read("<a b=\"&lt;\"><c/>d &amp; e</a>\n").text, "d & e");
    for wrong in [
        "<a>",
        "</a>",
        "<a><b></a></b>",
        "<a b=c/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a>&nbsp;</a>",
        "<a/><b/>",
        "<a>&</a>",
        "a",
        "<a>\u{1}</a>",
    ] {
        assert!(std::panic::catch_unwind(|| read(wrong)).is_err(), "{wrong}");
    }
}
