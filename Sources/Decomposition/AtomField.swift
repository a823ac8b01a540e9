/// A per-atom array of whoever asked a `Domain` for it: at each rebuild it moves with the atoms.
public final class AtomField {
  /// Values an atom.
  public let width: Int
  private let storage = Storage<SIMD4<Double>>()

  init(width: Int) { self.width = width }

  /// [owned][width], aligned as `SIMD4<Double>` is; valid until the next rebuild.
  public var pointer: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: Double.self)
  }

  var bytes: Int { storage.bytes }

  /// Makes room for `count` atoms; the values survive.
  func reserve(_ count: Int) { storage.reserve((count * width + 3) / 4) }

  func clear(_ count: Int) { pointer.update(repeating: 0, count: count * width) }

  /// Atom `from`'s values become atom `to`'s.
  func copy(from: Int, to: Int) { (pointer + to * width).update(from: pointer + from * width, count: width) }

  /// Brings the values into the given order.
  func permute(_ order: UnsafePointer<KeyedAtom>, _ count: Int, scratch: Storage<SIMD4<Double>>) {
    scratch.reserve((count * width + 3) / 4)
    let sorted = UnsafeMutableRawPointer(scratch.pointer).assumingMemoryBound(to: Double.self)
    let values = pointer
    for k in 0..<count {
      let from = values + Int(order[k].atom) &* width
      let to = sorted + k &* width
      for c in 0..<width { to[c] = from[c] }
    }
    values.update(from: sorted, count: count * width)
  }
}

extension Domain {
  /// A new array of `width` zeros for each owned atom. All ranks add and remove the same fields in the same order.
  /// `load` sets fields to zero. Local.
  public func addField(width: Int) -> AtomField {
    let field = AtomField(width: width)
    field.reserve(atoms.ownedCount)
    field.clear(atoms.ownedCount)
    fields.append(field)
    return field
  }

  /// The field no longer follows the atoms. Local.
  public func removeField(_ field: AtomField) { fields.removeAll { $0 === field } }

  /// Sends the fields of the atoms that the last exchange of records sent away, as rows of all fields' values.
  func exchangeFields(of leavers: [Int]) -> UnsafePointer<Double> {
    migration.exchange(width: fields.reduce(0) { $0 + $1.width }) { k, row in
      var place = row
      for field in fields {
        place.update(from: field.pointer + leavers[k] * field.width, count: field.width)
        place += field.width
      }
    }
  }

  /// Takes over rows of all fields' values for the owned atoms from `first` on.
  func storeFields(_ rows: UnsafePointer<Double>, first: Int, count: Int) {
    var place = rows
    for i in first..<first + count {
      for field in fields {
        (field.pointer + i * field.width).update(from: place, count: field.width)
        place += field.width
      }
    }
  }
}
