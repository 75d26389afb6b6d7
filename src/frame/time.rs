//! Days and points in time: numbers where numbers are meant, ISO text as groups.

/// What counts whole ticks since 1970-01-01T00:00.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    pub tick: Tick,
    /// The time zone in which the data's owner sees them; the values are UTC. `None` of local times.
    pub zone: Option<String>,
}

/// The time from one whole number to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    Day,
    Second,
    Milli,
    Micro,
    Nano,
}

impl Tick {
    /// Ticks in a second; 1 for days.
    pub fn per_second(self) -> i64 {
        match self {
            Tick::Day | Tick::Second => 1,
            Tick::Milli => 1_000,
            Tick::Micro => 1_000_000,
            Tick::Nano => 1_000_000_000,
        }
    }

    /// Days, or else seconds.
    pub fn number(self, ticks: i64) -> f64 {
        let per = self.per_second();
        // Both parts have one sign, so that nothing cancels.
        (ticks / per) as f64 + (ticks % per) as f64 / per as f64
    }
}

const SECONDS_OF_DAY: i64 = 86_400;

impl Clock {
    /// As in ISO 8601: 2024-03-01, 2024-03-01T12:00:00.25, with a Z behind if there is a time zone.
    pub fn text(&self, ticks: i64) -> String {
        if self.tick == Tick::Day {
            return date(ticks);
        }
        let per = self.tick.per_second();
        let (seconds, part) = (ticks.div_euclid(per), ticks.rem_euclid(per));
        let (day, second) = (seconds.div_euclid(SECONDS_OF_DAY), seconds.rem_euclid(SECONDS_OF_DAY));
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let digits = per.ilog10() as usize;
        let fraction = if part == 0 { String::new() } else { format!(".{part:0digits$}") };
        let zulu = if self.zone.is_some() { "Z" } else { "" };
        format!("{}T{hour:02}:{minute:02}:{second:02}{}{zulu}", date(day), fraction.trim_end_matches('0'))
    }
}

/// The Gregorian date of a day, 0 being 1970-01-01. Years are counted from March, so that a leap day is the last of its year: 400 of
/// them have 146,097 days, and the months before the m-th from March have (153 m + 2) / 5.
fn date(day: i64) -> String {
    let shifted = i128::from(day) + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (400 * era + year + i128::from(month >= 10), if month < 10 { month + 3 } else { month - 9 });
    match year {
        0..=9999 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:+05}-{month:02}-{day:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_twelve_centuries_has_the_next_date() {
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for number in -135_140..303_000 {
            assert_eq!(date(number), format!("{year:04}-{month:02}-{day:02}"));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, last) if last == days[month - 1] => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert_eq!((date(0), date(-719_528), date(-719_529)), ("1970-01-01".into(), "0000-01-01".into(), "-0001-12-31".into()));
        assert_eq!(date(2_932_897), "+10000-01-01");
    }

    #[test]
    fn times_have_the_digits_that_they_need() {
        let text = |tick, zone: Option<&str>, t| Clock { tick, zone: zone.map(String::from) }.text(t);
        assert_eq!(text(Tick::Day, None, 19_783), "2024-03-01");
        assert_eq!(text(Tick::Second, None, 1_709_294_400), "2024-03-01T12:00:00");
        assert_eq!(text(Tick::Milli, Some("Europe/Berlin"), 1_709_294_400_250), "2024-03-01T12:00:00.25Z");
        assert_eq!(text(Tick::Micro, None, -1), "1969-12-31T23:59:59.999999");
        assert_eq!(text(Tick::Nano, None, 5), "1970-01-01T00:00:00.000000005");
        assert!(text(Tick::Second, None, i64::MAX).starts_with("+292277026596-12-04T15:30:07"));
    }

    #[test]
    fn numbers_are_days_or_seconds() {
        assert_eq!((Tick::Milli.number(1_500), Tick::Nano.number(-500)), (1.5, -5e-7));
        assert_eq!((Tick::Day.number(7), Tick::Nano.number(2_500_000_000)), (7.0, 2.5));
    }
}
