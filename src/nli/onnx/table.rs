//! A table of int8 rows with a scale each, read where it lies in an ONNX file.

use super::wire::{next_field, number};

/// ONNX's number for signed bytes.
const INT8: i64 = 3;

/// Rows of signed bytes, and what each row is multiplied by.
#[derive(Debug, Clone, Copy)]
pub struct Table<'b> {
    /// All rows, one after the other.
    pub rows: &'b [u8],
    /// A little-endian 32-bit float for each row.
    pub scales: &'b [u8],
    /// Numbers in a row.
    pub width: usize,
}

/// Finds the table `name`, whose scales are the tensor `name.scale`, in a file.
///
/// # Errors
///
/// In words: these bytes are no network, or have no such table.
pub fn table<'b>(file: &'b [u8], name: &str) -> Result<Table<'b>, String> {
    let (rows, dimensions, kind) =
        tensor(file, name)?.ok_or_else(|| format!("has no tensor {name}"))?;
    let scale = format!("{name}.scale");
    let (scales, _, _) = tensor(file, &scale)?.ok_or_else(|| format!("has no tensor {scale}"))?;
    let size = |n: Option<&i64>| n.and_then(|&n| usize::try_from(n).ok()).unwrap_or(0);
    let (count, width) = (size(dimensions.first()), size(dimensions.get(1)));
    let whole = width > 0 && count.checked_mul(width) == Some(rows.len());
    if kind != INT8 || dimensions.len() != 2 || !whole || scales.len() != count * 4 {
        return Err(format!("{name} is no table of int8 rows with a scale each"));
    }
    Ok(Table { rows, scales, width })
}

/// Bytes, shape and type of a tensor.
type Tensor<'b> = (&'b [u8], Vec<i64>, i64);

fn tensor<'b>(mut model: &'b [u8], wanted: &str) -> Result<Option<Tensor<'b>>, String> {
    while let Some((field, graph)) = next_field(&mut model)? {
        let mut graph = if field == number::MODEL_GRAPH { graph.bytes() } else { continue };
        while let Some((field, tensor)) = next_field(&mut graph)? {
            if field != number::GRAPH_INITIALIZER {
                continue;
            }
            let (mut name, mut bytes) = ("", &[][..]);
            let (mut dimensions, mut kind) = (Vec::new(), Vec::new());
            let mut rest = tensor.bytes();
            while let Some((field, value)) = next_field(&mut rest)? {
                match field {
                    number::TENSOR_NAME => name = value.text(),
                    number::TENSOR_RAW_DATA => bytes = value.bytes(),
                    number::TENSOR_DIMS => value.numbers(&mut dimensions)?,
                    number::TENSOR_DATA_TYPE => value.numbers(&mut kind)?,
                    _ => {}
                }
            }
            if name == wanted {
                return Ok(Some((bytes, dimensions, kind.first().copied().unwrap_or(0))));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::wire::{number, put_bytes, put_number};
    use super::table;

    fn file(rows: usize, scales: usize) -> Vec<u8> {
        let mut graph = Vec::new();
        for (name, kind, dimensions, bytes) in
            [("t", 3, [2, 3], vec![1; rows]), ("t.scale", 1, [2, 1], vec![0; scales])]
        {
            let mut tensor = Vec::new();
            for dimension in dimensions {
                put_number(&mut tensor, number::TENSOR_DIMS, dimension);
            }
            put_number(&mut tensor, number::TENSOR_DATA_TYPE, kind);
            put_bytes(&mut tensor, number::TENSOR_NAME, name.as_bytes());
            put_bytes(&mut tensor, number::TENSOR_RAW_DATA, &bytes);
            put_bytes(&mut graph, number::GRAPH_INITIALIZER, &tensor);
        }
        let mut model = Vec::new();
        put_bytes(&mut model, number::MODEL_GRAPH, &graph);
        model
    }

    #[test]
    fn a_table_is_found_by_its_name() {
        let bytes = file(6, 8);
        let found = table(&bytes, "t").unwrap();
        assert_eq!((found.width, found.rows.len(), found.scales.len()), (3, 6, 8));
        assert!(table(&bytes, "u").unwrap_err().contains("has no tensor u"));
    }

    #[test]
    fn a_table_whose_parts_do_not_fit_is_an_error() {
        for (rows, scales) in [(5, 8), (6, 4)] {
            assert!(table(&file(rows, scales), "t").unwrap_err().contains("no table"));
        }
        assert!(table(&[0xff; 9], "t").is_err());
    }
}
