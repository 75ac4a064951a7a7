use leptos::prelude::*;

/// A YAML text with its keys and comments coloured, and lines that can be marked.
#[component]
pub fn Yaml(
    /// The text, lines ended by `\n`.
    #[prop(into)]
    text: String,
    /// The number of the first line.
    #[prop(default = 1)]
    from: usize,
    /// First and last line to mark, counted as the lines are.
    #[prop(optional_no_strip)]
    marked: Option<(usize, usize)>,
    /// Numbers its lines, each an anchor `line-7`.
    #[prop(optional)]
    numbered: bool,
) -> impl IntoView {
    let mut block = None;
    let lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let number = at + from;
            let first = marked.is_some_and(|(first, _)| first == number);
            let inside = marked.is_some_and(|(first, last)| (first..=last).contains(&number));
            let id = if first {
                Some("marked".to_owned())
            } else {
                numbered.then(|| format!("line-{number}"))
            };
            // An empty text would be drawn as a space, which is an indent in YAML.
            let tokens = tokens(line, &mut block)
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(token, text)| match token {
                    Token::Key => view! { <b>{text.to_owned()}</b> }.into_any(),
                    Token::Comment => view! { <i>{text.to_owned()}</i> }.into_any(),
                    Token::Plain => text.to_owned().into_any(),
                })
                .collect_view();
            let shown = numbered.then(|| number.to_string());
            view! { <span class=if inside { "line marked" } else { "line" } id=id data-line=shown>{tokens}"\n"</span> }.into_any()
        })
        .collect_view();
    let class = if numbered { "code numbered" } else { "code" };
    view! { <pre class=class tabindex="0"><code>{lines}</code></pre> }.into_any()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Key,
    Comment,
    Plain,
}

/// The coloured parts of one line. `block` is the indentation of the key that opened
/// a block scalar, whose lines are all text.
fn tokens<'a>(line: &'a str, block: &mut Option<usize>) -> Vec<(Token, &'a str)> {
    let body = line.trim_start_matches(' ');
    let mut indent = line.len() - body.len();
    if let Some(opened) = *block {
        if body.is_empty() || indent > opened {
            return vec![(Token::Plain, line)];
        }
        *block = None;
    }
    if body.starts_with('#') {
        return vec![(Token::Comment, line)];
    }
    let mut start = indent;
    let mut rest = body;
    while let Some(item) = rest.strip_prefix("- ") {
        indent += 2;
        start += 2;
        rest = item;
    }
    let Some(end) = key_end(rest) else {
        return vec![(Token::Plain, line)];
    };
    let (key, value) = rest.split_at(end);
    let (dashes, _) = line.split_at(start);
    if value.trim_start_matches(':').trim().starts_with(['|', '>']) {
        *block = Some(indent);
    }
    vec![
        (Token::Plain, dashes),
        (Token::Key, key),
        (Token::Plain, value),
    ]
}

/// Where the key of `key: value` or `key:` ends; keys may be quoted.
fn key_end(text: &str) -> Option<usize> {
    let quoted = text.strip_prefix(['"', '\'']).and_then(|inside| {
        let quote = text.chars().next()?;
        inside.find(quote).map(|at| at + 2)
    });
    let from = quoted.unwrap_or(0);
    let after = text.get(from..)?;
    let colon = after
        .match_indices(':')
        .find(|(at, _)| {
            after
                .get(at + 1..)
                .is_some_and(|next| next.is_empty() || next.starts_with(' '))
        })
        .map(|(at, _)| from + at)?;
    // A quoted key ends where its quote does, and a plain scalar with ": " inside
    // quotes is no key.
    if quoted.is_some() && colon != from || text.starts_with(['{', '[']) {
        return None;
    }
    Some(colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<&str> {
        let mut block = None;
        text.lines()
            .flat_map(|line| tokens(line, &mut block))
            .filter(|(token, _)| *token == Token::Key)
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn keys_are_found_in_maps_lists_and_quotes() {
        let text = "# a: comment\nkind: Role\nrules:\n- apiGroups: [\"\"]\n  \"x/y\": 1\n- http://a\n- - deep: 1\nurl: http://b:80\n";
        assert_eq!(
            keys(text),
            ["kind", "rules", "apiGroups", "\"x/y\"", "deep", "url"]
        );
    }

    #[test]
    fn the_lines_of_a_block_scalar_hold_no_keys() {
        let text =
            "data:\n  conf: |\n    a: 1\n\n    b: 2\n  next: x\n- run: >-\n    c: 3\n  d: 4\n";
        assert_eq!(keys(text), ["data", "conf", "next", "run", "d"]);
    }

    #[test]
    fn no_text_is_lost() {
        for line in [
            "",
            "  ",
            "- - a: b: c",
            "'it''s': x",
            "\"open: x",
            "é: ü",
            ":",
            "- ",
        ] {
            let text: String = tokens(line, &mut None)
                .into_iter()
                .map(|(_, text)| text)
                .collect();
            assert_eq!(text, line);
        }
    }
}
