//! What is entered of offenders.
