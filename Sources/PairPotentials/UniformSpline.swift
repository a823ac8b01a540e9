/// A cubic on each interval of a uniform table, with LAMMPS's slopes, so that the same file gives the same numbers
/// there.
///
///     f(x) = ((c₃ p + c₂) p + c₁) p + c₀,  p = x/spacing − m,  m the interval
///
/// Slopes at the knots are five-point differences (two-point next to the ends, one-sided at them); the curve and its
/// first derivative are continuous. The scheme: S. M. Foiles, M. I. Baskes and M. S. Daw's dynamo, and LAMMPS's
/// pair_style eam.
enum UniformSpline {
  /// Coefficients of each interval as a row (c₃, c₂, c₁, c₀); the last row, past the last knot, is the last value
  /// with its slope.
  /// - Parameter f: at least five values.
  static func rows(_ f: [Double]) -> [SIMD4<Double>] {
    let n = f.count
    let slopes = f.indices.map { m -> Double in
      switch m {
      case 0: f[1] - f[0]
      case n - 1: f[n - 1] - f[n - 2]
      case 1, n - 2: 0.5 * (f[m + 1] - f[m - 1])
      default: ((f[m - 2] - f[m + 2]) + 8 * (f[m + 1] - f[m - 1])) / 12
      }
    }
    return f.indices.map { m in
      guard m < n - 1 else { return SIMD4(0, 0, slopes[m], f[m]) }
      let rise = f[m + 1] - f[m]
      return SIMD4(
        slopes[m] + slopes[m + 1] - 2 * rise, 3 * rise - 2 * slopes[m] - slopes[m + 1], slopes[m], f[m])
    }
  }
}

/// Places in a uniform table for four arguments: the rows and how far into them.
struct TableLanes {
  var rows: Lanes
  var p: SIMD4<Double>

  /// - Parameter x: argument over spacing, not negative; beyond `last` it counts as `last`.
  @inline(__always)
  init(_ x: SIMD4<Double>, last: Double) {
    // Also NaN becomes `last`: it must not become a place in memory. It survives in the distances.
    let limited = x.replacing(with: last, where: .!(x .<= last))
    // Adding 2^52 rounds to an integer and leaves it in the low bits; a knot may fall to either side, where the
    // values agree.
    let shifted = (limited - 0.5).replacing(with: 0, where: limited .< 0.5) + 0x1p52
    p = limited - (shifted - 0x1p52)
    let m = unsafeBitCast(shifted, to: SIMD4<Int64>.self) & 0xF_FFFF_FFFF_FFFF
    rows = Lanes(Int(m.x), Int(m.y), Int(m.z), Int(m.w))
  }

  /// Values of a table of `UniformSpline` rows.
  @inline(__always)
  func value(_ table: UnsafeRawPointer) -> SIMD4<Double> {
    let (c3, c2) = pairs(table, rows, 0), (c1, c0) = pairs(table, rows, 16)
    return c0.addingProduct(p, c1.addingProduct(p, c2.addingProduct(p, c3)))
  }

  /// Derivatives with respect to `x`.
  @inline(__always)
  func slope(_ table: UnsafeRawPointer) -> SIMD4<Double> {
    let (c3, c2) = pairs(table, rows, 0), (c1, _) = pairs(table, rows, 16)
    return c1.addingProduct(p, (2 * c2).addingProduct(p, 3 * c3))
  }

  @inline(__always)
  func valueAndSlope(_ table: UnsafeRawPointer) -> (SIMD4<Double>, SIMD4<Double>) {
    let (c3, c2) = pairs(table, rows, 0), (c1, c0) = pairs(table, rows, 16)
    return (
      c0.addingProduct(p, c1.addingProduct(p, c2.addingProduct(p, c3))),
      c1.addingProduct(p, (2 * c2).addingProduct(p, 3 * c3))
    )
  }
}
