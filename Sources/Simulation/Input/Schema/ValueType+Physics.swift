import Diagnostics
import Dynamics
import Numerics

extension ValueType where Value == Ramp {
  /// One quantity, or an array of two: at the stage's start and at its end.
  static func ramp(_ quantity: ValueType<Double>) -> ValueType {
    ValueType(
      "\(quantity.name), or [start, end]", unit: quantity.unit,
      decode: { node in
        guard case .array(let ends) = node.value else {
          let constant = try quantity.decode(node)
          return Ramp(from: constant, to: constant)
        }
        guard ends.count == 2 else {
          throw Failure.input(
            "'\(node.name)' needs 2 values, for the stage's start and end, but has \(ends.count)", at: node.place)
        }
        return Ramp(from: try quantity.decode(ends[0]), to: try quantity.decode(ends[1]))
      },
      literal: { ramp in
        let ends = [ramp.from, ramp.to].map(quantity.literal)
        return ramp.from == ramp.to ? ends[0] : "[\(ends[0]), \(ends[1])]"
      })
  }
}

extension ValueType where Value == Vector3 {
  /// `[x, y, z]`.
  static func vector(_ dimension: Dimension) -> ValueType {
    let components = ValueType<[Double]>.array(of: .quantity(dimension), count: 3)
    return ValueType(
      components.name, unit: components.unit,
      decode: { node in
        let values = try components.decode(node)
        return Vector3(values[0], values[1], values[2])
      },
      literal: { components.literal([$0.x, $0.y, $0.z]) })
  }
}

extension ValueType where Value == Double? {
  /// A quantity, or "free" for none.
  static func orFree(_ quantity: ValueType<Double>) -> ValueType {
    ValueType(
      "\(quantity.name) or \"free\"", unit: quantity.unit,
      decode: { node in
        if case .string("free") = node.value { return nil }
        return try quantity.decode(node)
      },
      literal: { $0.map(quantity.literal) ?? quoted("free") })
  }
}

extension ValueType where Value == ClosedRange<Double> {
  /// `[low, high]`.
  static func interval(_ dimension: Dimension) -> ValueType {
    let ends = ValueType<[Double]>.array(of: .quantity(dimension), count: 2)
    return ValueType(
      "[low, high]", unit: ends.unit,
      decode: { node in
        let values = try ends.decode(node)
        guard values[0] <= values[1] else {
          throw Failure.input(
            "'\(node.name)' runs backwards: \(ends.literal(values))", at: node.place, remedy: "give the lower end first")
        }
        return values[0]...values[1]
      },
      literal: { ends.literal([$0.lowerBound, $0.upperBound]) })
  }
}
