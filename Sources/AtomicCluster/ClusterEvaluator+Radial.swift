import PotentialKit

extension ClusterEvaluator {
  /// All functions of the distance and their slopes for the columns of a kind; adds those of rank 1 and the core to `basicSums`.
  ///
  /// Returns false where a neighbor lies below the first node.
  func computeRadial(_ bond: BondKernel, kind: Int) -> Bool {
    let layout = bond.table.columns, densityCount = layout.densityCount
    var isInside = true
    for column in columns.columns(of: kind) {
      isInside = locate(column, bond.table) && isInside
      if isExact { evaluateDirectly(column, bond, kind) } else { readTable(column, bond.table) }
      let f = radialRow(column)
      for p in 0..<densityCount {
        (V.load(basicSums.base, slot: p) + V.load(f, slot: layout.firstDensity &+ p)).store(basicSums.base, slot: p)
      }
      if layout.hasCore {
        let place = bond.coreSlot
        (V.load(basicSums.base, slot: place) + V.load(f, slot: layout.core)).store(basicSums.base, slot: place)
      }
    }
    return isInside
  }

  func radialRow(_ column: Int) -> UnsafeMutableRawPointer { radial.base + 2 &* radialSlots &* column &* V.slotBytes }

  func direction(_ column: Int) -> UnsafeMutableRawPointer { directions.base + 4 &* column &* V.slotBytes }

  /// Distances, directions and places in the table of one column.
  @inline(__always)
  private func locate(_ column: Int, _ table: RadialTable) -> Bool {
    let vector = columns.vector(column), target = direction(column)
    let x = Double8.load(vector, slot: 0), y = Double8.load(vector, slot: 1), z = Double8.load(vector, slot: 2)
    let r = (x * x).adding(y, times: y).adding(z, times: z).squareRoot(), inverse = r.reciprocal()
    r.store(vector, slot: NeighborColumns.distanceSlot)
    narrow(x * inverse, target, 0)
    narrow(y * inverse, target, 1)
    narrow(z * inverse, target, 2)
    narrow(inverse, target, 3)
    let place = r * Double8(table.inverseSpacing), floor = place.lanes.rounded(.down)
    let t = Double8(lanes: place.lanes - floor)
    t.store(vector, slot: NeighborColumns.fractionSlot)
    storeWeights(t, table.inverseSpacing)
    let nodes = columns.nodes(column)
    var isInside = true
    for lane in 0..<EnvironmentBatch.width {
      let node = min(Int(floor[lane]), table.nodeCount &+ 1)
      // The last node ends the last interval and begins none.
      nodes[lane] = Int32(truncatingIfNeeded: node == table.nodeCount ? node &+ 1 : node)
      isInside = isInside && node > 0
    }
    return isInside
  }

  @inline(__always)
  private func narrow(_ pack: Double8, _ target: UnsafeMutableRawPointer, _ slot: Int) {
    if V.Scalar.self == Double.self {
      pack.store(target, slot: slot)
    } else {
      let scratch = gradients.base.assumingMemoryBound(to: Double.self)
      pack.store(doubles: scratch)
      V(doubles: scratch).store(target, slot: slot)
    }
  }

  /// w_01, w_10, w_11 and their derivatives by r.
  @inline(__always)
  private func storeWeights(_ t: Double8, _ inverseSpacing: Double) {
    let one = Double8(1), rest = one - t, w = weights.base, scale = Double8(inverseSpacing)
    (t * t * (Double8(3) - t - t)).store(w, slot: 0)
    (t * rest * rest).store(w, slot: 1)
    (t * t * (t - one)).store(w, slot: 2)
    (Double8(6) * t * rest * scale).store(w, slot: 3)
    (rest * (one - Double8(3) * t) * scale).store(w, slot: 4)
    (t * (Double8(3) * t - Double8(2)) * scale).store(w, slot: 5)
  }

  @inline(__always)
  private func readTable(_ column: Int, _ table: RadialTable) {
    let nodes = columns.nodes(column), stride = table.rowStride, all = UnsafePointer(table.rows.base)
    let target = radialRow(column), width = table.columns.padded
    for half in 0..<2 {
      let lane = 4 &* half
      interpolate(
        all + Int(nodes[lane]) &* stride, all + Int(nodes[lane &+ 1]) &* stride, all + Int(nodes[lane &+ 2]) &* stride,
        all + Int(nodes[lane &+ 3]) &* stride, width, half, target)
    }
  }

  /// Four lanes' rows to four lanes of every function: interpolates four functions at once, then transposes.
  @inline(__always)
  private func interpolate(
    _ p0: UnsafePointer<Double>, _ p1: UnsafePointer<Double>, _ p2: UnsafePointer<Double>, _ p3: UnsafePointer<Double>,
    _ width: Int, _ half: Int, _ target: UnsafeMutableRawPointer
  ) {
    let w = weights.base.assumingMemoryBound(to: Double.self) + 4 &* half
    for function in stride(from: 0, to: width, by: 4) {
      let a = Self.hermite(p0 + function, width, w), b = Self.hermite(p1 + function, width, w + 1)
      let c = Self.hermite(p2 + function, width, w + 2), d = Self.hermite(p3 + function, width, w + 3)
      storeTransposed(a.value, b.value, c.value, d.value, target, function, half)
      storeTransposed(a.slope, b.slope, c.slope, d.slope, target, radialSlots &+ function, half)
    }
  }

  /// Four functions at one lane's place.
  @inline(__always)
  private static func hermite(
    _ p: UnsafePointer<Double>, _ width: Int, _ w: UnsafePointer<Double>
  ) -> (value: SIMD4<Double>, slope: SIMD4<Double>) {
    let f = four(p), d = four(p + width), nextF = four(p + 2 &* width), nextD = four(p + 3 &* width), step = nextF - f
    let value = f.addingProduct(step, w[0]).addingProduct(d, w[8]).addingProduct(nextD, w[16])
    let slope = (step * w[24]).addingProduct(d, w[32]).addingProduct(nextD, w[40])
    return (value, slope)
  }

  @inline(__always)
  private static func four(_ p: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private func storeTransposed(
    _ a: SIMD4<Double>, _ b: SIMD4<Double>, _ c: SIMD4<Double>, _ d: SIMD4<Double>, _ target: UnsafeMutableRawPointer,
    _ slot: Int, _ half: Int
  ) {
    let abEven = SIMD4(a[0], b[0], a[2], b[2]), abOdd = SIMD4(a[1], b[1], a[3], b[3])
    let cdEven = SIMD4(c[0], d[0], c[2], d[2]), cdOdd = SIMD4(c[1], d[1], c[3], d[3])
    store(SIMD4(lowHalf: abEven.lowHalf, highHalf: cdEven.lowHalf), target, slot, half)
    store(SIMD4(lowHalf: abOdd.lowHalf, highHalf: cdOdd.lowHalf), target, slot &+ 1, half)
    store(SIMD4(lowHalf: abEven.highHalf, highHalf: cdEven.highHalf), target, slot &+ 2, half)
    store(SIMD4(lowHalf: abOdd.highHalf, highHalf: cdOdd.highHalf), target, slot &+ 3, half)
  }

  @inline(__always)
  private func store(_ lanes: SIMD4<Double>, _ target: UnsafeMutableRawPointer, _ slot: Int, _ half: Int) {
    let place = slot &* V.slotBytes
    if V.Scalar.self == Double.self {
      target.storeBytes(of: lanes, toByteOffset: place &+ 32 &* half, as: SIMD4<Double>.self)
    } else {
      target.storeBytes(of: SIMD4<Float>(lanes), toByteOffset: place &+ 16 &* half, as: SIMD4<Float>.self)
    }
  }

  /// The functions themselves, as rows whose value weight is that of f and whose slope weight that of h f'.
  private func evaluateDirectly(_ column: Int, _ bond: BondKernel, _ kind: Int) {
    let w = weights.base.assumingMemoryBound(to: Double.self), width = bond.table.columns.padded
    for index in 0..<6 * EnvironmentBatch.width { w[index] = index / EnvironmentBatch.width == 4 ? 1 : 0 }
    let rows = directRows.base.assumingMemoryBound(to: Double.self), stride = 4 * width
    for index in 0..<EnvironmentBatch.width * stride { rows[index] = 0 }
    for lane in 0..<EnvironmentBatch.width where columns.isNeighbor(lane, column: column, kind: kind) {
      for (function, value) in bond.exact(at: columns.distances(column)[lane]).enumerated() {
        rows[lane * stride + function] = value.value
        rows[lane * stride + width + function] = value.slope
        rows[lane * stride + 2 * width + function] = value.value
      }
    }
    for half in 0..<2 {
      let p = UnsafePointer(rows) + 4 * half * stride
      interpolate(p, p + stride, p + 2 * stride, p + 3 * stride, width, half, radialRow(column))
    }
  }
}
