use super::*;

/// The level and what is said of a line.
fn read(text: &str) -> (Option<Level>, String) {
    let line = Line::read(text);
    (line.level, line.said().into_owned())
}

#[test]
fn every_form_compiles() {
    assert_eq!(READ_PREFIXES.len(), PREFIXES.len());
    assert!(KLOG.is_some());
    assert!(level::prefix("[error] x", false).is_some());
}

#[test]
fn what_loggers_write_before_a_sentence_is_not_part_of_it() {
    use Level::{Debug, Error, Fatal, Info, Warning};
    let cases = [
        // klog, glog.
        (
            "I0101 12:30:45.000001       1 secure_serving.go:197] Serving securely on [::]:8443",
            Some(Info),
            "Serving securely on [::]:8443",
        ),
        (
            "E0101 12:30:45.000001   12345 reflector.go:147] pkg/x.go:1: Failed to watch *v1.Pod: failed to list",
            Some(Error),
            "pkg/x.go:1: Failed to watch *v1.Pod: failed to list",
        ),
        (
            "F20260101 12:30:45.000001 7 main.cc:12] no config",
            Some(Fatal),
            "no config",
        ),
        // JSON: zap, logrus, slog, pino, ECS, Serilog, MongoDB, python-json-logger, a collector.
        (
            r#"{"level":"error","ts":1767268800.1,"caller":"a/b.go:12","msg":"cannot listen","error":"listen tcp :80: bind: permission denied"}"#,
            Some(Error),
            "cannot listen: listen tcp :80: bind: permission denied",
        ),
        (
            r#"{"addr":":8080","level":"info","msg":"listening","time":"2026-01-01T08:43:40.6Z"}"#,
            Some(Info),
            "listening",
        ),
        (
            r#"{"level":50,"time":1767268800123,"pid":1,"err":{"type":"Error","message":"connect ECONNREFUSED 10.0.0.1:6379","stack":"Error: x\n    at y"},"msg":"cache"}"#,
            Some(Error),
            "cache: connect ECONNREFUSED 10.0.0.1:6379",
        ),
        (
            r#"{"@timestamp":"2026-01-01T00:00:00Z","log.level":"WARN","message":"slow","error":{"message":"timed out"}}"#,
            Some(Warning),
            "slow: timed out",
        ),
        (
            r#"{"@t":"2026-01-01T00:00:00Z","@l":"Fatal","@m":"gave up","@x":"System.Exception: no\n   at A.B()"}"#,
            Some(Fatal),
            "gave up: System.Exception: no",
        ),
        (
            r#"{"t":{"$date":"2026-01-01T00:00:00Z"},"s":"E","c":"STORAGE","msg":"cannot open","attr":{"error":"no space"}}"#,
            Some(Error),
            "cannot open: no space",
        ),
        (
            r#"{"levelname":"x","severity":"ERROR","message":"boot","exc_info":"Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'A_B'"}"#,
            Some(Error),
            "boot: KeyError: 'A_B'",
        ),
        (
            r#"{"log":"2026-01-01 10:00:00 ERROR no queue\n","stream":"stderr"}"#,
            Some(Error),
            "no queue",
        ),
        // logfmt: logrus, slog, Prometheus.
        (
            r#"time="2026-01-01T00:00:00Z" level=fatal msg="cannot \"go\" on" error="no route""#,
            Some(Fatal),
            "cannot \"go\" on: no route",
        ),
        (
            "ts=2026-01-01T00:00:00Z caller=main.go:12 level=info msg=listening address=:9090",
            Some(Info),
            "listening",
        ),
        (
            "INFO[0003] started the worker",
            Some(Info),
            "started the worker",
        ),
        // slog's and the log package's own form.
        (
            "2026/01/01 12:00:00 ERROR no config path=/etc/x",
            Some(Error),
            "no config path=/etc/x",
        ),
        ("2026/01/01 12:00:00.123456 no config", None, "no config"),
        // zap and zerolog on a console.
        (
            "2026-01-01T12:00:00.000Z\tERROR\tserver/main.go:12\tcannot start\t{\"error\": \"no key\"}",
            Some(Error),
            "cannot start: no key",
        ),
        // log4j, logback, Spring Boot.
        (
            "2026-01-01 12:00:00,123 ERROR [main] c.e.App:12 - no pool",
            Some(Error),
            "no pool",
        ),
        (
            "12:00:00.123 [main] ERROR com.example.App -- no pool",
            Some(Error),
            "no pool",
        ),
        (
            "2026-01-01T12:00:00.123Z ERROR 1 --- [shop] [           main] o.s.b.d.Reporter   : no pool",
            Some(Error),
            "no pool",
        ),
        // Python.
        (
            "2026-01-01 12:00:00,123 - app.db - ERROR - no pool",
            Some(Error),
            "no pool",
        ),
        ("ERROR:app.db:no pool", Some(Error), "no pool"),
        (
            "[2026-01-01 12:00:00,123] ERROR in app: no pool",
            Some(Error),
            "no pool",
        ),
        (
            "[2026-01-01 12:00:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:5000 (1)",
            Some(Info),
            "Listening at: http://0.0.0.0:5000 (1)",
        ),
        (
            "2026-01-01 12:00:00.123 | ERROR    | app.db:connect:12 - no pool",
            Some(Error),
            "no pool",
        ),
        // syslog.
        (
            "<34>Jan  1 12:00:00 web-1 app[12]: no pool",
            None,
            "no pool",
        ),
        (
            "<34>1 2026-01-01T12:00:00Z web-1 app 12 ID47 [x@1 a=\"b\"] no pool",
            None,
            "no pool",
        ),
        // nginx, Apache, PostgreSQL, Redis, Envoy, Serilog, Rust.
        (
            "2026/01/01 12:00:00 [emerg] 1#1: host not found in upstream \"db\"",
            Some(Fatal),
            "host not found in upstream \"db\"",
        ),
        (
            "[Thu Jan 01 12:00:00.123456 2026] [core:error] [pid 1:tid 2] no pool",
            Some(Error),
            "no pool",
        ),
        (
            "2026-01-01 12:00:00.123 UTC [1] FATAL:  no pool",
            Some(Fatal),
            "no pool",
        ),
        ("1:M 01 Jan 2026 12:00:00.123 # no pool", None, "no pool"),
        (
            "[2026-01-01 12:00:00.123][1][critical][main] [source/server/server.cc:120] no pool",
            Some(Fatal),
            "no pool",
        ),
        ("[12:00:00 ERR] no pool", Some(Error), "no pool"),
        (
            "[2026-01-01T12:00:00Z ERROR app::db] no pool",
            Some(Error),
            "no pool",
        ),
        (
            "2026-01-01T12:00:00.123456Z ERROR app::db: no pool",
            Some(Error),
            "no pool",
        ),
        // The runtime's own log, and times alone.
        ("2026-01-01T12:00:00.123Z stderr F no pool", None, "no pool"),
        ("01/Jan/2026:12:00:00 +0000 no pool", None, "no pool"),
        ("1767268800.123 no pool", None, "no pool"),
        ("12:30:45 DEBUG no pool", Some(Debug), "no pool"),
        ("[WARN] no pool", Some(Warning), "no pool"),
        // What begins a sentence belongs to it.
        (
            "FATAL: import aborted",
            Some(Fatal),
            "FATAL: import aborted",
        ),
        (
            "TypeError: x is not a function",
            None,
            "TypeError: x is not a function",
        ),
        ("TLS handshake error", None, "TLS handshake error"),
        (
            "2026-01-01T12:00:00Z TLS handshake error",
            None,
            "TLS handshake error",
        ),
        ("panic: no pool", Some(Fatal), "panic: no pool"),
        ("error reading x", None, "error reading x"),
        ("10:30", None, "10:30"),
        ("", None, ""),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(line, level, said)| (line, read(line), (level, said.to_owned())))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_line_that_quotes_others_is_known() {
    for line in [
        "I0101 12:30:45.000001       1 event.go:377] Event(v1.ObjectReference{Kind:\"Pod\"}): type: 'Warning' reason: 'Failed' listening on :80",
        "I0101 12:30:45.000001       1 event.go:377] \"Event occurred\" object=\"a/b\" message=\"x\"",
        r#"{"msg":"seen","involvedObject":{"message":"x"}}"#,
    ] {
        assert!(Line::read(line).quotes_others(), "{line}");
    }
    assert!(!Line::read("I0101 12:30:45.000001 1 x.go:1] listening on :80").quotes_others());
}

#[test]
fn escapes_in_json_are_cleaned_like_the_line_itself() {
    assert_eq!(
        read(r#"{"msg":"a\u202eb\u001b[2Jc\u200b"}"#).1,
        "abc[U+200B]"
    );
}

#[test]
fn what_looks_like_json_and_is_cut_is_taken_whole() {
    let cut = r#"{"level":"error","msg":"no po"#;
    assert_eq!(read(cut), (None, cut.to_owned()));
}
