//! Actions on pages that make it hard.

use std::time::Duration;

use prodiff_core::{
    action::{
        Locator,
        page::{Gesture, PageAction, PageVerb, Window},
    },
    observation::{Fault, FaultKind},
};

use super::stage::{Stage, css, role, text};

const BROWSERS: [&str; 3] = ["chromium", "firefox", "webkit"];

/// A fault of an element that cannot be acted on, as it is told.
fn told(outcome: Result<prodiff_core::observation::page::PageObservation, Fault>) -> String {
    let fault = outcome.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotActionable, "{fault:?}");
    fault.detail
}

/// Clicks a button on a page; what the page's log says then, or why not.
async fn click(browser: &str, body: &str, on: Locator) -> Option<String> {
    let log = "<script>window.log = []; addEventListener('click', e => log.push(e.composedPath()[0].id || e.target.id), true)</script>";
    let mut stage = Stage::of(browser, &format!("{log}{body}")).await?;
    let outcome = match stage.click(on).await {
        Ok(_) => stage.script("return log.join()").await,
        Err(fault) => {
            assert_eq!(fault.kind, FaultKind::NotActionable, "{fault:?}");
            assert_eq!(stage.script("return log.length").await, "0", "nothing may have been clicked");
            fault.detail
        }
    };
    stage.end().await;
    Some(outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_comes_late_moves_and_is_far_down_is_waited_for() {
    for browser in BROWSERS {
        let late = "<div style='height:3000px'></div><script>setTimeout(() => { const b = document.createElement('button'); b.id = 'late'; \
                    b.textContent = 'Go'; b.disabled = true; b.style.position = 'relative'; document.body.append(b); let n = 0; \
                    const move = () => { b.style.left = `${n * 9}px`; if (++n < 12) requestAnimationFrame(move); else setTimeout(() => { b.disabled = false }, 150); }; \
                    move(); }, 300)</script>";
        let Some(clicked) = click(browser, late, role("button", "Go")).await else { continue };
        assert_eq!(clicked, "\"late\"", "{browser}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_covered_is_not_clicked_and_what_covers_it_is_named() {
    for browser in BROWSERS {
        let covered = "<button id=b>Go</button><div class=overlay style='position:fixed;inset:0'></div>";
        let Some(told) = click(browser, covered, role("button", "Go")).await else { continue };
        assert_eq!(told, "{button: Go}: it is covered by <div class=\"overlay\"></div>", "{browser}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_half_covered_is_clicked_where_it_is_not() {
    for browser in BROWSERS {
        let half = "<button id=b style='position:absolute;left:0;top:0;width:200px;height:40px'>Go</button>\
                    <div style='position:absolute;left:70px;top:0;width:200px;height:40px;background:red'></div>";
        let Some(clicked) = click(browser, half, role("button", "Go")).await else { continue };
        assert_eq!(clicked, "\"b\"", "{browser}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_below_a_header_that_sticks_is_scrolled_free() {
    let sticky = "<div style='position:fixed;top:0;left:0;right:0;height:400px;background:red'></div><div style='height:5000px'></div>\
                  <button id=b>Go</button>";
    let Some(clicked) = click("chromium", sticky, role("button", "Go")).await else { return };
    assert_eq!(clicked, "\"b\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_in_a_shadow_is_clicked_there() {
    for browser in BROWSERS {
        let shadow = "<div id=host></div><script>const root = host.attachShadow({mode: 'open'}); root.innerHTML = \
                      '<div><button id=inner><span id=label>Go</span></button></div>'</script>";
        let Some(clicked) = click(browser, shadow, role("button", "Go")).await else { continue };
        assert_eq!(clicked, "\"label\"", "{browser}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_are_meant_are_listed_and_neither_is_clicked() {
    let two = "<button id=one class=primary>Go</button><button id=two>Go</button><button id=no style='display:none'>Go</button>";
    let Some(told) = click("chromium", two, role("button", "Go")).await else { return };
    let expected = "{button: Go}: 2 elements match, and it is not said which (`nth`): \
                    1. <button id=\"one\" class=\"primary\">Go</button> 2. <button id=\"two\">Go</button>";
    assert_eq!(told, expected);
    let second = Locator { nth: Some(-1), ..role("button", "Go") };
    assert_eq!(click("chromium", two, second).await.unwrap(), "\"two\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn absent_is_told_from_invisible_and_from_disabled() {
    let Some(mut stage) =
        Stage::of("chromium", "<button style='display:none'>Off</button><button disabled>Dim</button><button>On</button>").await
    else {
        return;
    };
    let expected = "{button: Of}: it is not there; each button that is: \"Dim\", \"On\"";
    assert_eq!(told(stage.click(role("button", "Of")).await), expected);
    let expected = "{button: Off}: it is there but not visible: <button>Off</button>";
    assert_eq!(told(stage.click(role("button", "Off")).await), expected);
    assert_eq!(told(stage.click(role("button", "Dim")).await), "{button: Dim}: it is disabled: <button>Dim</button>");
    assert_eq!(told(stage.click(css("b[")).await), "{css: b[}: `b[` is no CSS selector");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_replaces_what_was_there_with_the_events_of_a_person() {
    let body = "<label>Name <input id=n value=old></label><textarea aria-label=Note>x</textarea><div contenteditable id=c>y</div>\
                <input aria-label=Fixed readonly value=z><input aria-label=Day type=date><script>window.log = []; \
                for (const type of ['keydown', 'input', 'change']) n.addEventListener(type, () => { if (log.at(-1) !== type) log.push(type) })</script>";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::of(browser, body).await else { continue };
        let fill = |into: Locator, value: &str| PageVerb::Fill { into, value: String::from(value) };
        stage.act(fill(role("textbox", "Name"), "Zoë 🎉\nx")).await.unwrap();
        stage.act(fill(role("textbox", "Note"), "a\nb")).await.unwrap();
        stage.act(fill(css("#c"), "edited")).await.unwrap();
        stage.act(fill(Locator::of(prodiff_core::action::Part::Label(super::stage::is("Day"))), "2026-11-27")).await.unwrap();
        let seen = stage
            .script(
                "return [n.value, document.querySelector('textarea').value, c.textContent, document.querySelector('[type=date]').value]",
            )
            .await;
        assert_eq!(seen, "[\"Zoë 🎉x\",\"a\\nb\",\"edited\",\"2026-11-27\"]", "{browser}");
        let log = stage.script("return [log[0], log[1], log.at(-1)]").await;
        assert_eq!(log, "[\"keydown\",\"input\",\"change\"]", "{browser}");
        let long = "It was a dark and stormy night. ".repeat(60);
        stage.act(fill(role("textbox", "Note"), &format!("{long}\nend"))).await.unwrap();
        assert_eq!(stage.script("return document.querySelector('textarea').value").await, format!("\"{long}\\nend\""), "{browser}");
        stage.act(PageVerb::Gesture { gesture: Gesture::Clear, on: css("#n") }).await.unwrap();
        assert_eq!(stage.script("return n.value").await, "\"\"", "{browser}");
        let fixed = told(stage.act(fill(role("textbox", "Fixed"), "no")).await);
        assert!(fixed.contains("it is read-only"), "{browser}: {fixed}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boxes_lists_and_files_take_what_they_are_given() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let body = "<label><input type=checkbox id=a> Agree</label><label><input type=radio name=r id=r> Red</label>\
                <select aria-label=Colour id=s><option value=1>Light  blue<option value=2>Green<option disabled>Grey</select>\
                <label for=f>Photo</label><input type=file id=f style='display:none'><button id=plain>No box</button>";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::of(browser, body).await else { continue };
        let gesture = |gesture, on| PageVerb::Gesture { gesture, on };
        for _ in 0..2 {
            stage.act(gesture(Gesture::Check, role("checkbox", "Agree"))).await.unwrap();
            assert_eq!(stage.script("return a.checked").await, "true", "{browser}");
        }
        stage.act(gesture(Gesture::Check, role("radio", "Red"))).await.unwrap();
        stage.act(gesture(Gesture::Uncheck, role("checkbox", "Agree"))).await.unwrap();
        assert_eq!(stage.script("return [a.checked, r.checked]").await, "[false,true]", "{browser}");
        assert!(told(stage.act(gesture(Gesture::Check, css("#plain"))).await).contains("it cannot be checked"));
        let choose = |option: &str| PageVerb::Select { within: role("combobox", "Colour"), options: vec![String::from(option)] };
        stage.act(choose("Green")).await.unwrap();
        assert_eq!(stage.script("return s.value").await, "\"2\"", "{browser}");
        stage.act(choose("Light blue")).await.unwrap();
        assert_eq!(stage.script("return s.value").await, "\"1\"", "{browser}");
        assert!(told(stage.act(choose("Pink")).await).contains("it has no option `Pink`; it has: `Light blue`, `Green`, `Grey`"));
        assert!(told(stage.act(choose("Grey")).await).contains("the option `Grey` is disabled"));
        stage.act(PageVerb::Upload { to: css("#f"), files: vec![file.path().to_owned()] }).await.unwrap();
        assert_eq!(stage.script("return f.files.length").await, "1", "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_wheel_and_drag_reach_the_page() {
    let body = "<input id=i value=abc><div id=d draggable=true style='width:50px;height:50px;background:red'></div>\
                <div id=z style='position:absolute;left:300px;top:200px;width:90px;height:90px;background:blue'></div><div style='height:4000px'></div>\
                <script>window.log = []; z.addEventListener('dragover', e => e.preventDefault()); z.addEventListener('drop', () => log.push('drop'));\
                addEventListener('mouseup', e => log.push('up ' + e.target.id));</script>";
    for browser in ["chromium", "firefox"] {
        let Some(mut stage) = Stage::of(browser, body).await else { continue };
        stage.act(PageVerb::Press { keys: String::from("Control+A"), on: Some(css("#i")) }).await.unwrap();
        stage.act(PageVerb::Press { keys: String::from("Delete"), on: None }).await.unwrap();
        assert_eq!(stage.script("return i.value").await, "\"\"", "{browser}");
        stage.act(PageVerb::Drag { from: css("#d"), to: css("#z") }).await.unwrap();
        assert_eq!(stage.script("return log.join()").await, "\"drop\"", "{browser}");
        stage.act(PageVerb::ScrollBy { x: 0, y: 400 }).await.unwrap();
        assert_eq!(stage.script("return scrollY").await, "400", "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_are_told_and_answered() {
    let body = "<button onclick=\"window.said = prompt('Who?')\">Ask</button><button onclick=\"setTimeout(() => alert('late'), 200)\">Warn</button>";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::of(browser, body).await else { continue };
        let seen = stage.click(role("button", "Ask")).await.unwrap();
        assert_eq!(seen.dialog.map(|dialog| dialog.message).as_deref(), Some("Who?"), "{browser}");
        let fault = stage.click(role("button", "Warn")).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Dialog, "{browser}: {fault:?}");
        let seen = stage.act(PageVerb::AcceptDialog(Some(String::from("me")))).await.unwrap();
        assert_eq!(seen.dialog, None, "{browser}");
        assert_eq!(stage.script("return said").await, "\"me\"", "{browser}");
        stage.click(role("button", "Warn")).await.unwrap();
        stage.act(PageVerb::DismissDialog).await.unwrap();
        let mut action = stage.action(PageVerb::DismissDialog);
        action.timeout = Duration::from_millis(200);
        let fault = stage.perform(&action).await.unwrap_err();
        assert_eq!((fault.kind, fault.detail.as_str()), (FaultKind::Dialog, "no dialog is open"), "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_are_entered_and_left() {
    let inner =
        "<!doctype html><body><button onclick=\"this.textContent = 'Done'\">Go</button><iframe srcdoc='<button>Deep</button>'></iframe>";
    let home = "<!doctype html><title>Home</title><body><div style='height:900px'></div><iframe title=Pay src=/inner width=400 height=300></iframe>";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::with(browser, &[("/", home), ("/inner", inner)], |_, _| {}).await else { continue };
        let frame = css("iframe");
        let probe = prodiff_core::action::page::Probe::Elements { at: css("button"), attributes: vec![] };
        let click = stage.action(PageVerb::Gesture { gesture: Gesture::Click, on: role("button", "Go") });
        let click = PageAction { frames: vec![frame.clone()], probes: vec![probe], ..click };
        let seen = stage.perform(&click).await.unwrap();
        let prodiff_core::observation::page::Answer::Elements(found) = &seen.answers[0] else { panic!("{:?}", seen.answers) };
        assert_eq!((found[0].text.as_str(), seen.title.as_str()), ("Done", "Home"), "{browser}");
        let deep = stage.action(PageVerb::Gesture { gesture: Gesture::Click, on: role("button", "Deep") });
        stage.perform(&PageAction { frames: vec![frame.clone(), frame.clone()], ..deep }).await.unwrap();
        assert_eq!(stage.ids(css("button")).await, "", "{browser}: outside there is none");
        stage
            .script("const d = document.createElement('div'); d.id = 'over'; d.style = 'position:fixed;inset:0'; document.body.append(d)")
            .await;
        assert!(told(stage.perform(&click).await).contains("it is covered by <div id=\"over\">"), "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_are_found_switched_to_and_closed() {
    let home = "<!doctype html><title>Home</title><body><a href=/new target=_blank>New</a>";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::with(browser, &[("/", home), ("/new", "<!doctype html><title>Second</title><p>hi")], |_, _| {}).await
        else {
            continue;
        };
        stage.click(role("link", "New")).await.unwrap();
        let seen = stage.act(PageVerb::Switch(Window::New)).await.unwrap();
        assert!(seen.url.path() == "/new" || seen.url.as_str() == "about:blank", "{browser}: {}", seen.url);
        let seen = stage.act(PageVerb::Switch(Window::Number(1))).await.unwrap();
        assert_eq!(seen.title, "Home", "{browser}");
        stage.act(PageVerb::Switch(Window::Number(2))).await.unwrap();
        let seen = stage.act(PageVerb::CloseWindow).await.unwrap();
        assert_eq!(seen.title, "Home", "{browser}");
        assert_eq!(told(stage.act(PageVerb::CloseWindow).await), "it is the only window", "{browser}");
        assert_eq!(told(stage.act(PageVerb::Switch(Window::New)).await), "no new window was opened", "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_its_innermost_element_and_a_link_leads_on() {
    let home = "<!doctype html><title>Home</title><body><div><p>To <a href=/next>the  next</a></p></div>";
    let next = "<!doctype html><title>Next</title><body>there";
    for browser in BROWSERS {
        let Some(mut stage) = Stage::with(browser, &[("/", home), ("/next", next)], |_, _| {}).await else { continue };
        let seen = stage.click(text("the next")).await.unwrap();
        assert_eq!(seen.title, "Next", "{browser}: the page that was asked for is waited for");
        let seen = stage.act(PageVerb::Back).await.unwrap();
        assert_eq!(seen.title, "Home", "{browser}");
        let seen = stage.act(PageVerb::Forward).await.unwrap();
        assert_eq!(seen.title, "Next", "{browser}");
        let seen = stage.act(PageVerb::Reload).await.unwrap();
        assert_eq!(seen.title, "Next", "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_hangs_is_given_up_and_the_next_case_is_not_held_up() {
    let Some(mut stage) = Stage::of("chromium", "<button onclick='setTimeout(() => { while (true) {} }, 50)'>Hang</button>").await else {
        return;
    };
    let _ = stage.click(role("button", "Hang")).await;
    let began = std::time::Instant::now();
    let mut action = stage.action(PageVerb::Gesture { gesture: Gesture::Click, on: role("button", "Hang") });
    action.timeout = Duration::from_secs(1);
    let fault = stage.perform(&action).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::PageTimeout, "{fault:?}");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    let Stage { page, pool, site, .. } = stage;
    page.end().await;
    let setup = std::sync::Arc::new(super::stage::setup("chromium"));
    let mut page = crate::drivers::browser::page::Page::begin(pool.lease().await.unwrap(), &setup).await.unwrap();
    let open = PageVerb::Open(url::Url::parse(&site.url("/")).unwrap());
    let action = PageAction { setup, cookies: vec![], frames: vec![], verb: open, probes: vec![], timeout: Duration::from_secs(5) };
    let seen = page.perform(&action, &tokio_util::sync::CancellationToken::new()).await.unwrap();
    assert_eq!(seen.title, "Stage");
    page.end().await;
    pool.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_while_a_page_loads_does_not_hold_up_the_step() {
    for browser in ["chromium", "firefox"] {
        let pages = [("/", "<!doctype html><p>hi"), ("/alert", "<!doctype html><title>A</title><script>alert('stop')</script><p>there")];
        let Some(mut stage) = Stage::with(browser, &pages, |_, _| {}).await else { continue };
        let url = stage.url("/alert");
        let seen = stage.act(PageVerb::Open(url)).await.unwrap();
        assert_eq!(seen.dialog.map(|dialog| dialog.message).as_deref(), Some("stop"), "{browser}");
        let seen = stage.act(PageVerb::AcceptDialog(None)).await.unwrap();
        assert_eq!((seen.dialog, seen.title.as_str()), (None, "A"), "{browser}");
        assert_eq!(stage.aria().await, "- paragraph: there", "{browser}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_acted_on_when_it_is_ready() {
    let page = "<!doctype html><script>setTimeout(() => { window.ready = true }, 400)</script>";
    for browser in BROWSERS {
        let ready = |setup: &mut prodiff_core::action::page::PageSetup| setup.ready = Some(String::from("return window.ready === true"));
        let Some(mut stage) = Stage::with(browser, &[("/", page), ("/never", "<!doctype html>")], |setup, _| ready(setup)).await else {
            continue;
        };
        assert_eq!(stage.script("return ready").await, "true", "{browser}");
        stage.end().await;
    }
    let pages = [("/", page), ("/never", "<!doctype html>")];
    let never = Stage::with("chromium", &pages, |setup, _| {
        setup.ready = Some(String::from("return window.ready === true"));
        setup.navigation_timeout = Duration::from_secs(2);
    });
    let Some(mut stage) = never.await else { return };
    let url = stage.url("/never");
    let fault = stage.act(PageVerb::Open(url)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::PageTimeout, "{fault:?}");
    stage.end().await;
}
