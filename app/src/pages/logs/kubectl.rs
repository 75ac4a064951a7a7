use podside_model::view::{LogRun, Logs, LogsAsk};

/// The command that shows the same; one for each target where no single one does.
pub(super) fn commands(ask: &LogsAsk, logs: &Logs) -> Vec<String> {
    let namespace = ask.namespace.as_deref().unwrap_or("default");
    let logs_of = |what: &str| format!("kubectl -n {namespace} logs {what}{}", flags(ask));
    let several = |what: &str| {
        // kubectl itself follows five at once unless it is told otherwise.
        let most = match logs.sources.len() {
            0..=5 => String::new(),
            many => format!(" --max-log-requests={many}"),
        };
        format!("{} --prefix{most}", logs_of(what))
    };
    let pod = |target: &str| target.strip_prefix("Pod/").map(str::to_owned);
    match (&ask.targets[..], &logs.selector) {
        ([], _) => vec![format!(
            "kubectl -n {namespace} get pods -o name | xargs -P 20 -I % {}",
            several("%")
        )],
        ([one], Some(selector)) if pod(one).is_none() => {
            vec![several(&format!("-l {}", quoted(selector)))]
        }
        (targets, _) => targets
            .iter()
            .map(|target| match pod(target) {
                Some(pod) => logs_of(&pod),
                None => several(&target.to_ascii_lowercase()),
            })
            .collect(),
    }
}

fn flags(ask: &LogsAsk) -> String {
    let mut flags = match &ask.container {
        Some(container) => format!(" -c {container}"),
        None => " --all-containers".to_owned(),
    };
    if let Some(since) = ask.since {
        flags.push_str(&format!(" --since={since}s"));
    }
    flags.push_str(match ask.run {
        LogRun::Previous => " -p",
        LogRun::Current | LogRun::Both => " -f",
    });
    flags
}

/// A word for a shell. A selector holds nothing that ends single quotes.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(targets: &[&str], selector: Option<&str>) -> Vec<String> {
        let ask = LogsAsk {
            namespace: Some("retail".into()),
            targets: targets.iter().map(ToString::to_string).collect(),
            since: Some(300),
            ..LogsAsk::default()
        };
        let logs = Logs {
            selector: selector.map(str::to_owned),
            ..Logs::default()
        };
        commands(&ask, &logs)
    }

    #[test]
    fn the_command_names_what_the_page_follows() {
        assert_eq!(
            lines(&["Pod/web-1"], None),
            ["kubectl -n retail logs web-1 --all-containers --since=300s -f"]
        );
        assert_eq!(
            lines(&["Deployment/web"], Some("app=web")),
            ["kubectl -n retail logs -l app=web --all-containers --since=300s -f --prefix"]
        );
        assert_eq!(
            lines(&["Deployment/web"], Some("app in (a,b)")),
            ["kubectl -n retail logs -l 'app in (a,b)' --all-containers --since=300s -f --prefix"]
        );
        assert_eq!(lines(&["Deployment/a", "Deployment/b"], None).len(), 2);
        assert!(lines(&[], None)[0].starts_with("kubectl -n retail get pods -o name"));
    }
}
