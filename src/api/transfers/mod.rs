//! Transfers of cases between forces: made and followed by the force that sends, taken in by the one that receives, and the
//! keys that each trusts the other by.

pub mod keys;
pub mod received;
pub mod sent;

use super::error::{ErrorCode, Problem};
use crate::casework::transfers::TransferError;
use crate::casework::transfers::package::PackageFault;

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Act(error) => error.into(),
            TransferError::Fault(fault) => fault.into(),
            TransferError::NoKey => Self::new(ErrorCode::SIGNING_KEY_MISSING, error.to_string()),
        }
    }
}

impl From<PackageFault> for Problem {
    fn from(fault: PackageFault) -> Self {
        let code = match &fault {
            PackageFault::Damaged(_) => ErrorCode::DAMAGED_PACKAGE,
            PackageFault::UnsafeFileName => ErrorCode::UNSAFE_FILE_NAME,
            PackageFault::DuplicateFile => ErrorCode::DUPLICATE_FILE,
            PackageFault::UnknownFile => ErrorCode::UNKNOWN_FILE,
            PackageFault::EncryptedFile => ErrorCode::ENCRYPTED_FILE,
            PackageFault::NotAFile => ErrorCode::NOT_A_FILE,
            PackageFault::TooManyFiles => ErrorCode::TOO_MANY_FILES,
            PackageFault::UnpackedTooLarge => ErrorCode::UNPACKED_TOO_LARGE,
            PackageFault::TooLarge => ErrorCode::PAYLOAD_TOO_LARGE,
            PackageFault::UnknownFormat => ErrorCode::UNKNOWN_FORMAT,
            PackageFault::WrongForce => ErrorCode::WRONG_FORCE,
            PackageFault::UnknownSigner => ErrorCode::UNKNOWN_SIGNER,
            PackageFault::WrongSignature => ErrorCode::WRONG_SIGNATURE,
            PackageFault::UnreadableHistory { .. } => ErrorCode::UNREADABLE_HISTORY,
            PackageFault::CaseKnown => ErrorCode::CASE_KNOWN,
            PackageFault::ReceiptDiffers(_) => ErrorCode::RECEIPT_DIFFERS,
        };
        Self::new(code, fault.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_the_code_that_the_audit_has() {
        for fault in [
            PackageFault::Damaged("invented"),
            PackageFault::UnsafeFileName,
            PackageFault::DuplicateFile,
            PackageFault::UnknownFile,
            PackageFault::EncryptedFile,
            PackageFault::NotAFile,
            PackageFault::TooManyFiles,
            PackageFault::UnpackedTooLarge,
            PackageFault::TooLarge,
            PackageFault::UnknownFormat,
            PackageFault::WrongForce,
            PackageFault::UnknownSigner,
            PackageFault::WrongSignature,
            PackageFault::UnreadableHistory { line: 1, what: "invented" },
            PackageFault::CaseKnown,
            PackageFault::ReceiptDiffers("invented"),
        ] {
            assert_eq!(Problem::from(fault.clone()).code().code, fault.code());
        }
    }
}
