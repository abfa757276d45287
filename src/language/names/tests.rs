use super::*;

#[test]
fn the_data_files_are_read() {
    let read = Names::parse(include_str!("sounds.toml"), include_str!("words.toml"));
    assert!(read.is_ok(), "{}", read.err().map(|e| e.to_string()).unwrap_or_default());
}
