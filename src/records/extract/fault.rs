//! What may be wrong with an extract, in codes that callers act on. None repeats what stands in the file.

use std::fmt;

use thiserror::Error;

macro_rules! codes {
    ($(#[doc = $what:literal])* $Name:ident { $($(#[doc = $doc:literal])* $Code:ident = $name:literal;)* }) => {
        $(#[doc = $what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $Name {
            $($(#[doc = $doc])* $Code,)*
        }

        impl $Name {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$Code),*];

            /// The code as reports write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Code => $name,)*
                }
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// What may be wrong with a row or a cell. Where the feed has a code for it, it is the same.
    CellCode {
        /// The bytes are not UTF-8.
        InvalidUtf8 = "invalid_utf8";
        /// A row with more or fewer columns than the header.
        UnevenRow = "uneven_row";
        /// A cell of an XLSX file that shows an error.
        ErrorCell = "error_cell";
        /// A cell of another kind than the mapping says.
        WrongType = "wrong_type";
        /// A text that is not in the code list.
        UnknownCode = "unknown_code";
        /// Not a date in the format of the mapping.
        BadDate = "bad_date";
        /// Not an instant in the format of the mapping.
        BadInstant = "bad_instant";
        /// A local time that the clock showed twice.
        AmbiguousLocalTime = "ambiguous_local_time";
        /// A local time that the clock never showed.
        NoSuchLocalTime = "no_such_local_time";
        /// A key that is empty.
        MissingKey = "missing_key";
        /// A time that is empty.
        MissingTime = "missing_time";
        /// A record that an earlier row of the extract gives otherwise.
        ContradictsEarlierRow = "contradicts_earlier_row";
    }
}

codes! {
    /// What may be wrong with a whole file.
    FileCode {
        /// There is no header row.
        NoHeader = "no_header";
        /// A column that the mapping names is not in the header.
        MissingColumn = "missing_column";
        /// A column that the mapping names is in the header twice.
        ColumnTwice = "column_twice";
        /// A row over the limit of bytes.
        RowTooLong = "row_too_long";
        /// The file is no workbook, or cannot be read as one.
        UnreadableWorkbook = "unreadable_workbook";
        /// The workbook has no such sheet, or several and none is named.
        NoSuchSheet = "no_such_sheet";
        /// The workbook is larger than the limit when it is unpacked.
        UnpacksTooLarge = "unpacks_too_large";
        /// The file is larger than the limit.
        TooLarge = "extract_too_large";
        /// The file broke off.
        BrokenOff = "feed_broken_off";
    }
}

/// A fault of a row or a cell.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code}: {detail}")]
pub struct CellFault {
    /// The kind of fault.
    pub code: CellCode,
    /// What is wrong and what to do.
    pub detail: String,
}

impl CellFault {
    /// A fault.
    #[must_use]
    pub fn new(code: CellCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// A fault of the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code}: {detail}")]
pub struct FileFault {
    /// The kind of fault.
    pub code: FileCode,
    /// What is wrong and what to do.
    pub detail: String,
}

impl FileFault {
    /// A fault.
    #[must_use]
    pub fn new(code: FileCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
