//! Links as a person makes them: the dialog, then its form.

use scraper::{Html, Selector};

use crate::portal::Hostile;

pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// The fields of a form as it is sent.
pub(crate) fn sent(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

/// Sends the dialog at `address` with what is filled in, and some fields otherwise; the
/// path of the link that it makes.
pub(crate) fn link(portal: &Hostile, address: &str, otherwise: &[(&str, &str)]) -> String {
    let dialog = portal.get(address);
    dialog.is_legible(address);
    let document = Html::parse_document(&dialog.body);
    let form = Selector::parse("form[action*='/shares']").unwrap();
    let form = document
        .select(&form)
        .next()
        .unwrap_or_else(|| panic!("{}", dialog.body));
    let fields = Selector::parse("input[type=hidden]").unwrap();
    let mut fields: Vec<(&str, &str)> = form
        .select(&fields)
        .filter_map(|field| Some((field.attr("name")?, field.attr("value")?)))
        .collect();
    fields.extend(otherwise);
    let action = form.attr("action").unwrap();
    let made = portal.ask("POST", action, FORM, &sent(&fields));
    assert_eq!(made.status, 200, "{address}: {}", made.body);
    let (_, token) = made.body.trim().rsplit_once("/shared/").unwrap();
    format!("/shared/{token}")
}

/// The dialog on what an address shows.
pub(crate) fn dialog_on(address: &str) -> String {
    match address.split_once('?') {
        Some((path, query)) => format!("{path}/share?{query}"),
        None => format!("{address}/share"),
    }
}
