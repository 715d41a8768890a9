//! Extracts: files of rows, read by a mapping, taken in as the feed is.

mod command_line;
mod rows;
