use podside_model::{Arg, Lang, Message};

/// One part of a template.
enum Part<'a> {
    Text(&'a str),
    Argument(&'a str),
    Plural {
        count: &'a str,
        one: &'a str,
        many: &'a str,
    },
}

/// Fills a template with a message's arguments; calls `resolve` with those that are messages
/// themselves, and `missing` with the name of each one that the message lacks.
pub(crate) fn fill(
    template: &str,
    message: &Message,
    lang: Lang,
    resolve: &dyn Fn(&Message, Lang) -> String,
    missing: &mut dyn FnMut(&str),
) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    for part in parts(template) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Argument(name) => {
                if let Some(arg) = message.args.get(name) {
                    filled.push_str(&show(arg, lang, resolve));
                } else {
                    missing(name);
                    filled.push('{');
                    filled.push_str(name);
                    filled.push('}');
                }
            }
            Part::Plural { count, one, many } => match message.args.get(count) {
                Some(Arg::Number(1)) => filled.push_str(one),
                Some(Arg::Number(_)) => filled.push_str(many),
                _ => {
                    missing(count);
                    filled.push_str(many);
                }
            },
        }
    }
    filled
}

/// The names of the arguments of a template.
pub(crate) fn placeholders(template: &str) -> Vec<&str> {
    parts(template)
        .filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Argument(name) | Part::Plural { count: name, .. } => Some(name),
        })
        .collect()
}

fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('{')
            && let Some((name, after)) = inside.split_once('}')
        {
            rest = after;
            let mut words = name.splitn(3, '|');
            return Some(match (words.next(), words.next(), words.next()) {
                (Some(count), Some(one), Some(many)) => Part::Plural { count, one, many },
                _ => Part::Argument(name),
            });
        }
        // A brace that opens nothing is text.
        let from = usize::from(rest.starts_with('{'));
        let end = rest
            .get(from..)
            .and_then(|r| r.find('{'))
            .map_or(rest.len(), |at| at + from);
        let (text, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(Part::Text(text))
    })
}

fn show(arg: &Arg, lang: Lang, resolve: &dyn Fn(&Message, Lang) -> String) -> String {
    match arg {
        Arg::Text(text) => text.clone(),
        Arg::Number(number) => number.to_string(),
        Arg::List(names) => join(names, lang),
        Arg::Time(at) => at.strftime("%H:%M:%S UTC").to_string(),
        Arg::Seconds(seconds) => duration(*seconds, lang),
        Arg::Message(message) => resolve(message, lang),
    }
}

fn join(names: &[String], lang: Lang) -> String {
    match (lang, names) {
        (Lang::Ja, _) => names.join("、"),
        (Lang::En, [first @ .., last]) if !first.is_empty() => {
            format!("{} and {last}", first.join(", "))
        }
        (Lang::En, _) => names.join(", "),
    }
}

/// A span in its two largest units.
fn duration(seconds: i64, lang: Lang) -> String {
    const UNITS: [(i64, &str, &str); 4] = [
        (86_400, " d", " 日"),
        (3600, " h", " 時間"),
        (60, " min", " 分"),
        (1, " s", " 秒"),
    ];
    let mut rest = seconds.max(0);
    let mut shown = Vec::new();
    for (size, en, ja) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 && shown.len() < 2 {
            let unit = match lang {
                Lang::En => en,
                Lang::Ja => ja,
            };
            shown.push(format!("{count}{unit}"));
        } else if !shown.is_empty() {
            break;
        }
    }
    if shown.is_empty() {
        return format!("0{}", if lang == Lang::En { " s" } else { " 秒" });
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, message: &Message, lang: Lang) -> String {
        let nested = |message: &Message, _| message.id.clone();
        fill(template, message, lang, &nested, &mut |name| {
            panic!("{name} is missing")
        })
    }

    #[test]
    fn arguments_plurals_and_lists_are_filled_in() {
        let message = Message::new("x").with("n", 2_usize).with(
            "names",
            vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
        );
        assert_eq!(
            filled("{n} {n|Pod|Pods}: {names}", &message, Lang::En),
            "2 Pods: a, b and c"
        );
        assert_eq!(filled("{names}", &message, Lang::Ja), "a、b、c");
        let one = Message::new("x").with("n", 1_usize);
        assert_eq!(filled("{n} {n|Pod|Pods}", &one, Lang::En), "1 Pod");
    }

    #[test]
    fn spans_show_their_two_largest_units() {
        assert_eq!(duration(101, Lang::En), "1 min 41 s");
        assert_eq!(duration(3_600, Lang::Ja), "1 時間");
        assert_eq!(duration(90_061, Lang::En), "1 d 1 h");
        assert_eq!(duration(0, Lang::En), "0 s");
    }

    #[test]
    fn values_of_the_cluster_are_not_read_as_templates() {
        let message = Message::new("x").with("v", "{n|a|b}");
        assert_eq!(filled("value {v}", &message, Lang::En), "value {n|a|b}");
    }
}
