//! Lists of objects as tools write them to files, one kind a file.

use super::{objects::Objects, tree::Tree};
use crate::error::Result;

/// The objects of one file: a List, an array, or a single object. Items of a
/// typed list do not say what they are; the list does, or `assumed`
/// (`apiVersion`, `kind`) does.
pub(super) fn objects(
    tree: &mut Tree,
    file: &str,
    assumed: Option<(&str, &str)>,
) -> Result<Objects> {
    let objects = tree.objects(file, |document, budget| {
        document.objects(assumed, |index| format!("item {index}"), budget)
    })?;
    Ok(objects.unwrap_or_default())
}
