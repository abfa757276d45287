//! Tells the program where libtorch lies, so that nobody has to set `LD_LIBRARY_PATH`.
//! Without the feature `libtorch` it does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // torch-sys hands the folder on to the packages that depend on it.
    if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
