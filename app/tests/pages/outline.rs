//! What a browser makes of a page: its elements and their attributes, without any text.

use std::collections::BTreeMap;

use scraper::{Html, Node, Selector};

/// Each element with the names of its attributes, and how often it is there.
pub(crate) type Outline = BTreeMap<(String, Vec<String>), usize>;

/// The outline of a document, as an HTML parser reads it.
pub(crate) fn outline(html: &str) -> Outline {
    let mut outline = Outline::new();
    let document = Html::parse_document(html);
    for element in document.tree.values().filter_map(Node::as_element) {
        let mut attributes: Vec<String> =
            element.attrs().map(|(name, _)| name.to_owned()).collect();
        attributes.sort_unstable();
        *outline
            .entry((element.name().to_owned(), attributes))
            .or_default() += 1;
    }
    outline
}

/// What is in an outline and not, or more often than, in another.
pub(crate) fn beyond(outline: &Outline, other: &Outline) -> Vec<String> {
    outline
        .iter()
        .filter(|(element, count)| other.get(element).is_none_or(|known| known < count))
        .map(|((name, attributes), count)| format!("{count} × <{name} {}>", attributes.join(" ")))
        .collect()
}

/// The text of the document's title.
pub(crate) fn title(html: &str) -> String {
    let document = Html::parse_document(html);
    let titles = Selector::parse("head > title").unwrap();
    document.select(&titles).flat_map(|it| it.text()).collect()
}
