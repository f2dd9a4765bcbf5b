//! Cron expressions: the parser of Flyte Admin and its scheduler accepts everything that the attribute
//! accepts.

use flytekit_grammar::cron;
use flytekit_test_support::backend;

/// Expressions that Flyte's parser accepts and the attribute refuses, with the attribute's messages.
const STRICTER: [(&str, &str); 17] = [
    ("0 0 31 2 *", "never occurs"),
    ("0 0 30 2 ?", "never occurs"),
    ("0 0 31 4,6,9,11 *", "never occurs"),
    ("@every 500ms", "more often than once a second"),
    ("@every 0s", "more often than once a second"),
    ("@every 1.5h", "no duration after `@every`"),
    ("@every -1h", "no duration after `@every`"),
    ("@every 1us", "no duration after `@every`"),
    ("@every 1000ms", "more often than once a second"),
    ("@every +1h", "no duration after `@every`"),
    ("*-5 * * * *", "a range that begins with `*`"),
    ("1, * * * *", "an empty value beside a `,`"),
    (", * * * *", "an empty value beside a `,`"),
    ("+1 * * * *", "a minute outside of 0 to 59"),
    ("0000005 * * * *", "a minute outside of 0 to 59"),
    (
        "*/0000005 * * * *",
        "something other than a number after a `/`",
    ),
    ("TZ= 0 2 * * *", "no time zone after `TZ=`"),
];

#[test]
fn what_only_flyte_takes_is_listed_with_its_reason() {
    let lines = STRICTER.map(|(line, _)| line.to_owned());
    let problems = backend::cron(&lines);
    for ((line, reason), problem) in STRICTER.into_iter().zip(problems) {
        assert_eq!(problem, None, "{line}");
        let said = cron(line).expect_err(line);
        assert!(said.contains(reason), "{line}: {said}");
    }
}

/// Small random numbers, so that many expressions are valid.
struct Random(u64);

impl Random {
    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(self.0 >> 33).expect("31 bits") % from.len();
        from[place]
    }

    fn line(&mut self) -> String {
        let mut line = self
            .pick(&[
                "",
                "",
                "",
                "",
                "TZ=UTC ",
                "CRON_TZ=Europe/Berlin ",
                "TZ=Europe/Berlin\t",
                "TZ=-1 ",
                "TZ=/etc/localtime ",
                "tz=UTC ",
                " ",
            ])
            .to_owned();
        if self.pick(&["fields", "fields", "fields", "alias"]) == "alias" {
            line += self.pick(&[
                "@hourly",
                "@daily",
                "@midnight",
                "@weekly",
                "@monthly",
                "@yearly",
                "@annually",
                "@reboot",
                "@Daily",
                "@every 1h30m",
                "@every 90s",
                "@every 1.5h",
                "@every 1d",
                "@every",
                "@every  1h",
                "@every 1s500ms",
                "@every 999999h",
                "@every 9999999h",
                "@daily ",
                "daily",
            ]);
            return line;
        }
        for _ in 0..self
            .pick(&["4", "5", "5", "5", "5", "5", "5", "6"])
            .parse()
            .unwrap_or(5)
        {
            line += self.field().as_str();
            line += self.pick(&[" ", " ", " ", "  ", "\t"]);
        }
        line
    }

    fn field(&mut self) -> String {
        if self.pick(&["simple", "simple", "simple", "odd"]) == "simple" {
            return self
                .pick(&["*", "0", "1", "5", "*/2", "1-5", "?", "1,2"])
                .to_owned();
        }
        let mut field = String::new();
        for _ in 0..self.pick(&["1", "2", "3"]).parse().unwrap_or(1) {
            field += self.pick(&[
                "0", "1", "6", "7", "12", "13", "23", "24", "31", "32", "59", "60", "00", "007",
                "999999", "1000000", "*", "?", "MON", "sun", "JAN", "january", "L", "W", "#",
                "*/2", "*/0", "1/3", "22-4", "1-5/2", "FRI-MON", "0x1", "٣", "",
            ]);
            field += self.pick(&["", "-", ",", "/"]);
        }
        field
    }
}

#[test]
fn flyte_takes_what_the_attribute_takes() {
    let mut random = Random(1);
    let lines: Vec<_> = (0..50_000).map(|_| random.line()).collect();
    let problems = backend::cron(&lines);
    let mut taken = 0;
    for (line, problem) in lines.iter().zip(problems) {
        if cron(line).is_ok() {
            taken += 1;
            assert_eq!(problem, None, "{line:?}");
        }
    }
    assert!(taken > 5_000, "{taken} lines");
}
