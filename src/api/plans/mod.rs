//! Risk management plans over HTTP: drafts, approvals, actions.

pub mod action_list;
pub mod actions;
pub mod approval;
pub mod body;
pub mod draft;
