//! Amounts of resources as Kubernetes writes them.

/// An amount in thousandths, in the unit in which its resource is written: `700m` or `2`
/// of cpu, `24Gi` of memory or storage, a plain number of anything else.
pub fn amount(resource: &str, milli: i64) -> String {
    if resource == "cpu" {
        return if milli % 1000 == 0 {
            (milli / 1000).to_string()
        } else {
            format!("{milli}m")
        };
    }
    let whole = milli.div_euclid(1000);
    if !matches!(resource, "memory" | "ephemeral-storage") && !resource.starts_with("hugepages-") {
        return whole.to_string();
    }
    let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    for (unit, shift) in units {
        let size = 1_i64 << shift;
        if whole >= size {
            let tenths = whole.saturating_mul(10) / size;
            return if tenths % 10 == 0 {
                format!("{}{unit}", tenths / 10)
            } else {
                format!("{}.{}{unit}", tenths / 10, tenths % 10)
            };
        }
    }
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_have_the_unit_of_their_resource() {
        assert_eq!(amount("cpu", 700), "700m");
        assert_eq!(amount("cpu", 2000), "2");
        assert_eq!(amount("memory", (24 << 30) * 1000), "24Gi");
        assert_eq!(amount("memory", (1536 << 20) * 1000), "1.5Gi");
        assert_eq!(amount("memory", 100_000), "100");
        assert_eq!(amount("nvidia.com/gpu", 1000), "1");
    }
}
