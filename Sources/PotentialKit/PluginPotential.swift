import Atomistics
import CPotential
import Diagnostics
import Numerics

/// A third party's potential through the C interface of `swmd_potential.h`. The arrays it sees are the engine's own:
/// no copies.
public final class PluginPotential: Potential {
  public let summary: PotentialSummary
  public let cutoff: Double
  public let addsForcesToGhosts: Bool
  public let hasActiveSet: Bool
  public let givesVirials: Bool
  private let library: PluginLibrary
  private let instance: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - path: of the shared library; one without a slash is taken in the working directory.
  ///   - settings: handed to the library as it is.
  /// - Throws: `Failure.input` where the library cannot be loaded, has another version of the interface, or refuses the
  ///   settings.
  public init(library path: String, settings: String? = nil) throws {
    let library = try PluginLibrary(path: path)
    let place = Place(file: path)
    let made = library.withErrorText { error, size in
      settings.map { $0.withCString { library.functions.create($0, error, size) } }
        ?? library.functions.create(nil, error, size)
    }
    guard let instance = made.result else {
      throw Failure.input("the plugin refuses its settings: \(made.text)", at: place, remedy: "change `settings`")
    }
    do {
      let cutoff = library.functions.cutoff(instance)
      guard cutoff > 0, cutoff.isFinite else {
        throw Failure.input(
          "the plugin's cutoff, \(cutoff) Å, is not positive and finite", at: place, remedy: "mend the plugin")
      }
      self.cutoff = cutoff
      summary = PotentialSummary(
        family: library.functions.name, file: path, elements: try Self.elements(of: instance, library),
        details: settings.map { ["settings: \($0)"] } ?? [])
    } catch {
      library.functions.destroy(instance)
      throw error
    }
    let properties = library.functions.properties(instance)
    addsForcesToGhosts = properties & SWMD_ADDS_FORCES_TO_GHOSTS != 0
    hasActiveSet = properties & SWMD_HAS_ACTIVE_SET != 0
    givesVirials = library.functions.version >= 2 && properties & SWMD_GIVES_VIRIALS != 0
    self.library = library
    self.instance = instance
  }

  deinit { library.functions.destroy(instance) }

  private static func elements(of instance: UnsafeMutableRawPointer, _ library: PluginLibrary) throws -> [Element] {
    var symbols: UnsafePointer<UnsafePointer<CChar>?>?
    let count = library.functions.elements(instance, &symbols)
    guard count > 0 else { return [] }
    return try (0..<Int(count)).map { index in
      let symbol = symbols?[index].map { String(cString: $0) } ?? ""
      guard let element = Element(symbol: symbol) else {
        throw Failure.input(
          "the plugin's element '\(symbol)' is not a chemical element", at: Place(file: library.path),
          remedy: "mend the plugin: it must name symbols such as Li")
      }
      return element
    }
  }

  public func bind(elements: [Element]) throws {
    if let unknown = elements.first(where: { !summary.elements.isEmpty && !summary.elements.contains($0) }) {
      throw Failure.input(
        "the plugin does not know the element \(unknown)", at: Place(file: library.path),
        remedy: "it has \(summary.elements.map(\.symbol).joined(separator: ", "))")
    }
    let bound = withSymbols(elements) { symbols in
      library.withErrorText { error, size in
        library.functions.bind(instance, Int32(elements.count), symbols, error, size)
      }
    }
    guard bound.result == 0 else {
      throw Failure.input(
        "the plugin refuses the elements: \(bound.text)", at: Place(file: library.path),
        remedy: "use a plugin that knows the structure's elements")
    }
  }

  public func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    var cAtoms = swmd_atoms(
      owned_count: Int64(atoms.ownedCount), total_count: Int64(atoms.totalCount),
      positions: UnsafeRawPointer(atoms.position).assumingMemoryBound(to: Double.self), kinds: atoms.kind,
      ids: atoms.id)
    var cNeighbors = swmd_neighbors(
      cutoff: neighbors.cutoff, skin: neighbors.skin,
      offsets: UnsafeRawPointer(neighbors.offsets).assumingMemoryBound(to: Int64.self), neighbors: neighbors.neighbors)
    var cOutput = swmd_output()
    cOutput.forces = UnsafeMutableRawPointer(output.forces).assumingMemoryBound(to: Double.self)
    cOutput.energies = output.energies
    cOutput.grades = output.grades
    cOutput.virials = givesVirials ? output.virials : nil
    let box = HaloBox(halo)
    var cHalo = swmd_halo(
      context: Unmanaged.passUnretained(box).toOpaque(),
      forward: { context, values, width in HaloBox.at(context)?.forward(values, width) },
      reverse: { context, values, width in HaloBox.at(context)?.reverse(values, width) })
    let done = withExtendedLifetime(box) {
      library.withErrorText { error, size in
        library.functions.evaluate(instance, &cAtoms, &cNeighbors, &cHalo, &cOutput, error, size)
      }
    }
    guard done.result == 0 else {
      throw Failure.runtime("the plugin failed: \(done.text)", at: Place(file: library.path))
    }
    let v = cOutput.virial
    output.virial += Matrix3(rows: Vector3(v.0, v.1, v.2), Vector3(v.3, v.4, v.5), Vector3(v.6, v.7, v.8))
    output.outOfRangeCount += Int(cOutput.out_of_range_count)
  }

  /// Calls `body` with the elements' symbols as C strings.
  private func withSymbols<T>(_ elements: [Element], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
    let strings = elements.map { element in
      let bytes = element.symbol.utf8CString
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      copy.initialize(from: Array(bytes), count: bytes.count)
      return copy
    }
    defer { strings.forEach { $0.deallocate() } }
    return strings.map { UnsafePointer<CChar>?($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// Carries the engine's halo exchange through C's context pointer.
private final class HaloBox {
  private let halo: any HaloExchange
  /// Stands for the NULL that a plugin may well have for an array of no atoms: it must take part in the exchange all
  /// the same.
  private let nothing = UnsafeMutablePointer<Double>.allocate(capacity: 1)

  init(_ halo: any HaloExchange) { self.halo = halo }

  deinit { nothing.deallocate() }

  static func at(_ context: UnsafeMutableRawPointer?) -> HaloBox? {
    context.map { Unmanaged<HaloBox>.fromOpaque($0).takeUnretainedValue() }
  }

  func forward(_ values: UnsafeMutablePointer<Double>?, _ width: Int32) {
    halo.forward(values ?? nothing, width: Int(max(width, 0)))
  }

  func reverse(_ values: UnsafeMutablePointer<Double>?, _ width: Int32) {
    halo.reverse(values ?? nothing, width: Int(max(width, 0)))
  }
}
