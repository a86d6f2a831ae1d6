//! Describing a device and its browser, based on the `User-Agent` header.

use woothee::parser::{Parser, WootheeResult};

const UNKNOWN: &str = "UNKNOWN";

/// Returns the browser and its operating system, such as "Firefox on Linux", for a `User-Agent`.
/// The header can be forged, so the description only helps users recognize their own devices. No
/// decision depends on it.
#[must_use]
pub fn describe_user_agent(user_agent: &str) -> String {
    let Some(found) = Parser::new().parse(user_agent) else { return "an unknown browser".to_owned() };
    match (browser(&found), system(found.os)) {
        (None, _) => "an unknown browser".to_owned(),
        (Some(browser), None) => browser.to_owned(),
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
    }
}

fn browser<'a>(found: &WootheeResult<'a>) -> Option<&'a str> {
    match found.name {
        UNKNOWN => None,
        "SamsungBrowser" => Some("Samsung Internet"),
        // For programs that are not browsers, the parser reports the program's name as the version.
        "HTTP Library" => Some("an app or script"),
        name => Some(name),
    }
}

fn system(os: &str) -> Option<&str> {
    match os {
        UNKNOWN => None,
        "Mac OSX" => Some("macOS"),
        // Windows 11 also identifies itself as Windows 10.
        os if os.starts_with("Windows") && !os.contains("Phone") && !os.contains("Mobile") => Some("Windows"),
        os => Some(os),
    }
}

#[cfg(test)]
mod tests {
    use super::describe_user_agent;

    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)";
    const IPAD: &str = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const IPHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";

    fn assert_words(words: &str, system: &str, rest: &str) {
        let user_agent = format!("{system} {rest}");
        assert_eq!(describe_user_agent(&user_agent), words, "{user_agent}");
    }

    #[test]
    fn current_browsers_have_their_common_names() {
        let chrome = "Chrome/142.0.0.0 Safari/537.36";
        assert_words("Chrome on Windows", WINDOWS, chrome);
        assert_words("Chrome on macOS", MAC, &format!("AppleWebKit/537.36 (KHTML, like Gecko) {chrome}"));
        assert_words("Chrome on Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", chrome);
        assert_words("Chrome on ChromeOS", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36", chrome);
        assert_words("Chrome on Android", ANDROID, "Chrome/142.0.0.0 Mobile Safari/537.36");
        assert_words("Chrome on iPhone", IPHONE, "CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1");
        assert_words("Edge on Windows", WINDOWS, &format!("{chrome} Edg/142.0.0.0"));
        assert_words("Edge on Android", ANDROID, "Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0");
        assert_words("Edge on iPhone", IPHONE, "Version/18.0 EdgiOS/142.0.0.0 Mobile/15E148 Safari/605.1.15");
        assert_words("Opera on Windows", WINDOWS, &format!("{chrome} OPR/126.0.0.0"));
        assert_words("Vivaldi on Windows", WINDOWS, &format!("{chrome} Vivaldi/7.6.3797.63"));
        let samsung = "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36";
        assert_words("Samsung Internet on Android", ANDROID, samsung);
        let firefox = "Gecko/20100101 Firefox/145.0";
        assert_words("Firefox on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0)", firefox);
        assert_words("Firefox on Linux", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0)", firefox);
        assert_words("Firefox on macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0)", firefox);
        assert_words("Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:145.0)", "Gecko/145.0 Firefox/145.0");
        assert_words("Firefox on iPhone", IPHONE, "FxiOS/145.0 Mobile/15E148 Safari/605.1.15");
        assert_words("Safari on iPhone", IPHONE, "Version/26.0 Mobile/15E148 Safari/604.1");
        assert_words("Safari on iPad", IPAD, "Version/18.6 Mobile/15E148 Safari/604.1");
        let safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
        assert_words("Safari on macOS", MAC, safari);
    }

    #[test]
    fn programs_that_are_not_browsers_are_not_described_as_browsers() {
        let googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        assert_eq!(describe_user_agent(googlebot), "Googlebot");
        assert_eq!(describe_user_agent("curl/8.14.1"), "an app or script");
        for user_agent in ["", "-", "some tool", "<script>alert(1)</script>", "Firefox on the moon"] {
            assert_eq!(describe_user_agent(user_agent), "an unknown browser", "{user_agent}");
        }
    }
}
