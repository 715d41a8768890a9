//! XLSX files made for tests, part by part.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A cell.
pub enum Shown<'a> {
    /// Nothing.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A date cell, by the serial number of its day and the part of the day that has passed.
    Moment(f64),
    /// True or false.
    Truth(bool),
    /// An error.
    Error,
    /// A formula, with the text that it came to last.
    Formula(&'a str),
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// A workbook with these sheets, each from its first row on.
pub fn workbook(sheets: &[(&str, &[&[Shown<'_>]])]) -> Vec<u8> {
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                r#"<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#
            ),
        ),
    ];
    let (mut named, mut related) = (String::new(), String::new());
    for (at, (name, rows)) in (1..).zip(sheets) {
        write!(named, r#"<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>"#).unwrap();
        let target = format!("worksheets/sheet{at}.xml");
        write!(related, r#"<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="{target}"/>"#).unwrap();
        parts.push((format!("xl/{target}"), sheet(rows)));
    }
    write!(related, r#"<Relationship Id="rIdStyles" Type="{OFFICE}/styles" Target="styles.xml"/>"#).unwrap();
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>"#),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#),
    ));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A file of some hundred kilobytes that unpacks to so many mebibytes.
pub fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..mebibytes {
        writer.write_all(&piece).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sheet(rows: &[&[Shown<'_>]]) -> String {
    let mut text = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>"#);
    for (number, row) in (1..).zip(rows) {
        write!(text, r#"<row r="{number}">"#).unwrap();
        for (column, shown) in ('A'..='Z').zip(*row) {
            cell(&mut text, &format!("{column}{number}"), shown);
        }
        text.push_str("</row>");
    }
    text.push_str("</sheetData></worksheet>");
    text
}

fn cell(text: &mut String, at: &str, shown: &Shown<'_>) {
    match shown {
        Shown::Nothing => Ok(()),
        Shown::Text(said) => write!(text, r#"<c r="{at}" t="inlineStr"><is><t>{said}</t></is></c>"#),
        Shown::Number(number) => write!(text, r#"<c r="{at}"><v>{number}</v></c>"#),
        Shown::Moment(serial) => write!(text, r#"<c r="{at}" s="1"><v>{serial}</v></c>"#),
        Shown::Truth(said) => write!(text, r#"<c r="{at}" t="b"><v>{}</v></c>"#, u8::from(*said)),
        Shown::Error => write!(text, r##"<c r="{at}" t="e"><v>#REF!</v></c>"##),
        Shown::Formula(said) => write!(text, r#"<c r="{at}" t="str"><f>A1</f><v>{said}</v></c>"#),
    }
    .unwrap();
}
