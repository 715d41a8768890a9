//! Risk management plans: drafted, approved by somebody else, and their actions carried out and checked.

pub mod action_list;
pub mod actions;
pub mod approval;
pub mod draft;
