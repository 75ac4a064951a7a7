//! A label selector as a query parameter carries it
//! (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api>).

use podside_diagnosis::facts::{Requirement, Selector, Str};

/// Reads a selector; `None` for one that only the API server can say what is wrong with.
pub(super) fn parse(text: &str) -> Option<Selector> {
    let expressions: Option<Vec<Requirement>> = terms(text).map(requirement).collect();
    Some(Selector {
        present: true,
        expressions: expressions?.into(),
        ..Selector::default()
    })
}

/// The parts between the commas that stand in no brackets.
fn terms(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.split(move |c: char| {
        match c {
            '(' => within = true,
            ')' => within = false,
            _ => {}
        }
        c == ',' && !within
    })
}

fn requirement(term: &str) -> Option<Requirement> {
    let term = term.trim();
    let (key, operator, values) = if let Some(key) = term.strip_prefix('!') {
        (key, "DoesNotExist", Vec::new())
    } else if let Some((key, value)) = term.split_once("!=") {
        (key, "NotIn", vec![value])
    } else if let Some((key, value)) = term.split_once("==").or(term.split_once('=')) {
        (key, "In", vec![value])
    } else if let Some((key, set)) = term.split_once(' ') {
        let (operator, set) = set.trim_start().split_once('(')?;
        let operator = match operator.trim_end() {
            "in" => "In",
            "notin" => "NotIn",
            _ => return None,
        };
        (key, operator, set.strip_suffix(')')?.split(',').collect())
    } else {
        (term, "Exists", Vec::new())
    };
    let is_name = |text: &str| !text.is_empty() && text.chars().all(is_of_a_name);
    let values: Vec<Str> = values
        .into_iter()
        .map(|value| Some(value.trim()).filter(|it| it.is_empty() || is_name(it)))
        .map(|value| value.map(Str::from))
        .collect::<Option<_>>()?;
    Some(key.trim())
        .filter(|key| is_name(key))
        .map(|key| Requirement {
            key: Str::from(key),
            operator: Str::from(operator),
            values: values.into(),
        })
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./".contains(c)
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::Labels;

    use super::*;

    fn selects(selector: &str, labels: &[(&str, &str)]) -> bool {
        let labels: Labels = labels
            .iter()
            .map(|(key, value)| (Str::from(*key), Str::from(*value)))
            .collect();
        parse(selector).unwrap().matches(&labels)
    }

    #[test]
    fn a_selector_selects_what_the_api_server_would() {
        let web: &[(&str, &str)] = &[("app", "web"), ("example.com/tier", "front")];
        for yes in [
            "app=web",
            "app==web",
            "app = web",
            "app in (api, web)",
            "app in (web),example.com/tier",
            "app notin (api,cart)",
            "app!=api",
            "other!=x",
            "!other",
            "other notin (x)",
        ] {
            assert!(selects(yes, web), "{yes}");
        }
        for no in [
            "app=api",
            "app in (api,cart)",
            "app=web,other",
            "!app",
            "app!=web",
            "app=",
            "app notin (web)",
        ] {
            assert!(!selects(no, web), "{no}");
        }
    }

    #[test]
    fn what_is_no_selector_is_left_to_the_api_server() {
        for odd in [
            "", ",", "a b", "a in b", "a in (b", "=b", "a=b=c", "a)(b", "!",
        ] {
            assert!(parse(odd).is_none(), "{odd}");
        }
    }
}
