//! A Rust program that links the crate: its own panic hook is as it was. Each case is a process of its own, which this program starts.
#![allow(unsafe_code)] // The functions for C are called.

use std::ffi::c_void;
use std::panic::{catch_unwind, set_hook, take_hook};
use std::process::Output;
use std::ptr::{null, null_mut};

use interlace::capi::frame::{interlace_frame_free, interlace_frame_new};
use interlace::capi::leave_panic_hook;

use crate::toolchain::{program, run, transcript};

/// The test that a process of its own is started with; there it is the host.
const ENTRY: &str = "panic_hook::the_first_call_may_come_while_a_thread_unwinds";

/// Runs a case, and gives what came of it.
fn case(name: &str) -> Output {
    let own = std::env::current_exe().unwrap();
    let mut command = program(&own);
    command.args(["--exact", ENTRY, "--nocapture"]).env("INTERLACE_HOST", name);
    run(&mut command)
}

/// A function for C, called.
fn call() {
    let mut frame = null_mut();
    unsafe {
        interlace_frame_new(1, &raw mut frame, null_mut());
        interlace_frame_free(Some(Box::from_raw(frame)));
    }
}

struct Calls;

impl Drop for Calls {
    fn drop(&mut self) {
        call();
    }
}

fn panics(message: &'static str) {
    assert!(catch_unwind(|| panic!("{message}")).is_err());
}

/// A defect of the library, as an error.
#[cfg(debug_assertions)]
fn defect() -> String {
    let mut record = interlace::capi::status::ErrorRecord::default();
    unsafe { interlace::capi::test_hooks::interlace_test_panic(c"a defect".as_ptr(), &raw mut record) };
    let message: Vec<u8> = record.message.iter().map(|&c| c as u8).take_while(|&c| c != 0).collect();
    String::from_utf8(message).unwrap()
}

/// The process of a case.
fn host(case: &str) {
    set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<String>().cloned();
        let text = text.or_else(|| info.payload().downcast_ref::<&str>().map(ToString::to_string));
        eprintln!("HOST: {}", text.unwrap_or_else(|| info.to_string()));
    }));
    match case {
        "after" => {
            call();
            panics("mine");
        }
        "unwinding" => {
            let unwound = catch_unwind(|| {
                let _calls = Calls;
                panic!("mine")
            });
            assert!(unwound.is_err());
            call();
            eprintln!("survived");
        }
        "thread" => {
            call();
            let named = std::thread::Builder::new().name("interlace".into());
            assert!(named.spawn(|| panic!("of a thread")).unwrap().join().is_err());
        }
        "left" => {
            leave_panic_hook();
            call();
            // What is taken off is the host's own: nothing was put over it.
            let hook = take_hook();
            set_hook(hook);
            #[cfg(debug_assertions)]
            eprintln!("RESULT: {}", defect());
        }
        #[cfg(debug_assertions)]
        "defect" => eprintln!("RESULT: {}", defect()),
        "callback" => callback(),
        other => unreachable!("{other}"),
    }
}

/// A progress function of the host that panics, which no function for C may do: Rust ends the process, and the host hears why.
fn callback() {
    use interlace::capi::options::{interlace_options_new, interlace_options_set_progress};
    use interlace::capi::phase::Progress;

    extern "C" fn told(_: *const Progress, _: *mut c_void) -> i32 {
        panic!("of a callback")
    }
    let mut options = null_mut();
    unsafe {
        interlace_options_new(&raw mut options, null_mut());
        interlace_options_set_progress(options.as_mut(), Some(told), null_mut(), null_mut());
        fit_with(options);
    }
}

unsafe fn fit_with(options: *mut interlace::capi::options::OptionsHandle) {
    use interlace::capi::fit::interlace_fit_new;
    use interlace::capi::spec::interlace_spec_new;
    use interlace::capi::spec_lists::ModelCode;

    let (mut frame, mut spec, mut fit) = (null_mut(), null_mut(), null_mut());
    unsafe {
        interlace_frame_new(0, &raw mut frame, null_mut());
        interlace_spec_new(std::mem::MaybeUninit::new(ModelCode::Lmm), c"y ~ 1 + (1 | g)".as_ptr(), &raw mut spec, null_mut());
        interlace_fit_new(spec.as_ref(), frame.as_ref(), options.as_ref(), &raw mut fit, null_mut());
    }
    assert_eq!(fit.cast_const(), null());
}

#[track_caller]
fn hears(name: &str, survives: bool, texts: &[&str]) {
    let output = case(name);
    let said = transcript(&output);
    assert_eq!(output.status.success(), survives, "{name}: {said}");
    texts.iter().for_each(|text| assert!(said.contains(text), "{name}: no '{text}' in {said}"));
}

#[test]
fn panics_of_the_host_reach_its_own_hook() {
    hears("after", true, &["HOST: mine"]);
    hears("thread", true, &["HOST: of a thread"]);
}

#[test]
fn the_first_call_may_come_while_a_thread_unwinds() {
    if let Ok(case) = std::env::var("INTERLACE_HOST") {
        return host(&case);
    }
    hears("unwinding", true, &["HOST: mine", "survived"]);
}

#[test]
fn a_panic_in_a_callback_is_the_hosts() {
    hears("callback", false, &["HOST: of a callback"]);
}

/// By default a defect is an error only; a host that keeps its hook hears of it first.
#[cfg(debug_assertions)]
#[test]
fn a_host_may_keep_its_hook_to_itself() {
    hears("defect", true, &["RESULT: a defect in interlace, please report it: a defect (", "test_hooks.rs:"]);
    assert!(!transcript(&case("defect")).contains("HOST"));
    hears("left", true, &["HOST: a defect", "RESULT: a defect in interlace"]);
}
