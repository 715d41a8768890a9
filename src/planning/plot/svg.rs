//! A writer of SVG, as small as the plots need.
//!
//! References are whatever a records system sends, also characters that XML 1.0 cannot hold (section 2.2): those become
//! U+FFFD, and the rest is escaped, in the one place where text is written (the crate `svg` 0.18 escapes, and writes such characters as they are). Numbers have one decimal, so that
//! the same plot is the same bytes. Looks are attributes, never styles: the service's answers forbid styles
//! (`Content-Security-Policy: default-src 'none'`).

use std::fmt::Write as _;

/// A point on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// The point so far to the right and down.
    pub fn plus(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y }
    }
}

/// An element that is being put together.
#[derive(Debug)]
pub(super) struct Tag {
    name: &'static str,
    attributes: String,
}

impl Tag {
    /// An element of a name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, attributes: String::new() }
    }

    /// A rectangle from its upper left corner.
    pub fn rect(at: Point, width: f64, height: f64) -> Self {
        Self::new("rect").number("x", at.x).number("y", at.y).number("width", width).number("height", height)
    }

    /// A line.
    pub fn line(from: Point, to: Point) -> Self {
        Self::new("line").number("x1", from.x).number("y1", from.y).number("x2", to.x).number("y2", to.y)
    }

    /// A line through several points, not filled.
    pub fn path(points: impl IntoIterator<Item = Point>) -> Self {
        Self::new("polyline").attribute("points", &written(points)).attribute("fill", "none")
    }

    /// A polygon.
    pub fn polygon(points: impl IntoIterator<Item = Point>) -> Self {
        Self::new("polygon").attribute("points", &written(points))
    }

    /// A circle.
    pub fn circle(centre: Point, radius: f64) -> Self {
        Self::new("circle").number("cx", centre.x).number("cy", centre.y).number("r", radius)
    }

    /// A line of text that begins at a point, on its base line.
    pub fn text(at: Point, size: f64) -> Self {
        Self::new("text").number("x", at.x).number("y", at.y).number("font-size", size)
    }

    /// With an attribute.
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.attributes, " {name}=\"{}\"", escaped(value));
        self
    }

    /// With an attribute that is a number.
    pub fn number(self, name: &str, value: f64) -> Self {
        self.attribute(name, &decimal(value))
    }

    /// Filled with a colour.
    pub fn fill(self, colour: &str) -> Self {
        self.attribute("fill", colour)
    }

    /// Drawn with a colour and width.
    pub fn stroke(self, colour: &str, width: f64) -> Self {
        self.attribute("stroke", colour).number("stroke-width", width)
    }
}

/// A document of SVG.
#[derive(Debug)]
pub(super) struct Svg(String);

impl Svg {
    /// A page, white, with the title and description that a screen reader tells.
    pub fn page(width: f64, height: f64, title: &str, description: &str) -> Self {
        let mut svg = Self(String::new());
        let page = Tag::new("svg")
            .attribute("xmlns", "http://www.w3.org/2000/svg")
            .number("width", width)
            .number("height", height)
            .attribute("viewBox", &format!("0 0 {} {}", decimal(width), decimal(height)))
            .attribute("font-family", "DejaVu Sans, Verdana, Arial, sans-serif")
            .attribute("role", "graphics-document document")
            .attribute("aria-labelledby", "plot-title")
            .attribute("aria-describedby", "plot-description");
        svg.open(&page);
        svg.words(Tag::new("title").attribute("id", "plot-title"), title);
        svg.words(Tag::new("desc").attribute("id", "plot-description"), description);
        svg.put(Tag::rect(Point { x: 0.0, y: 0.0 }, width, height).fill("#ffffff"));
        svg
    }

    fn open(&mut self, tag: &Tag) {
        let Tag { name, attributes } = tag;
        let _ = writeln!(self.0, "<{name}{attributes}>");
    }

    /// An element without content.
    pub fn put(&mut self, tag: Tag) {
        let Tag { name, attributes } = tag;
        let _ = writeln!(self.0, "<{name}{attributes}/>");
    }

    /// An element that holds text.
    pub fn words(&mut self, tag: Tag, text: &str) {
        let Tag { name, attributes } = tag;
        let _ = writeln!(self.0, "<{name}{attributes}>{}</{name}>", escaped(text));
    }

    /// An element that holds others.
    pub fn within(&mut self, tag: &Tag, content: impl FnOnce(&mut Self)) {
        self.open(tag);
        content(self);
        let _ = writeln!(self.0, "</{}>", tag.name);
    }

    /// A group with what is told of it where one points at it, or reads it aloud.
    pub fn told(&mut self, title: &str, content: impl FnOnce(&mut Self)) {
        self.within(&Tag::new("g"), |svg| {
            svg.words(Tag::new("title"), title);
            content(svg);
        });
    }

    /// The document.
    pub fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

/// A number with one decimal; none of them is minus zero.
fn decimal(value: f64) -> String {
    format!("{:.1}", (value * 10.0).round() / 10.0 + 0.0)
}

fn written(points: impl IntoIterator<Item = Point>) -> String {
    let points: Vec<String> =
        points.into_iter().map(|point| format!("{},{}", decimal(point.x), decimal(point.y))).collect();
    points.join(" ")
}

fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            character if character.is_control() => written.push(char::REPLACEMENT_CHARACTER),
            '\u{fffe}' | '\u{ffff}' => written.push(char::REPLACEMENT_CHARACTER),
            character => written.push(character),
        }
    }
    written
}

/// A text of at most so many characters, its end left out where it is longer.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_what_xml_cannot_hold_is_replaced() {
        for (text, written) in [
            ("a<b> & \"c\" 'd'", "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;"),
            ("]]></title><script>", "]]&gt;&lt;/title&gt;&lt;script&gt;"),
            ("a\u{1}b\nc\u{7f}\u{ffff}", "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}"),
            ("Ü …", "Ü …"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }

    #[test]
    fn numbers_have_one_decimal_and_no_minus_zero() {
        for (number, text) in [(0.0, "0.0"), (-0.04, "0.0"), (1.25, "1.3"), (-2.34, "-2.3"), (100.0, "100.0")] {
            assert_eq!(decimal(number), text);
        }
    }

    #[test]
    fn a_text_is_cut_by_characters() {
        assert_eq!((short("ü-12", 4), short("ü-123", 4)), ("ü-12".to_owned(), "ü-1…".to_owned()));
    }
}
