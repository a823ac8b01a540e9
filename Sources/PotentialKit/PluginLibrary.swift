import CPotential
import Diagnostics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A third party's shared library, loaded and its interface checked. Stays loaded until the process ends: its code
/// may still be referred to by threads or exit handlers of its own.
struct PluginLibrary {
  let path: String
  let functions: Functions

  /// The library's interface without the optionals of C.
  struct Functions {
    let version: UInt32
    let name: String
    let create: @convention(c) (UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, Int) -> UnsafeMutableRawPointer?
    let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void
    let cutoff: @convention(c) (UnsafeRawPointer?) -> Double
    let properties: @convention(c) (UnsafeRawPointer?) -> UInt32
    let elements:
      @convention(c) (UnsafeRawPointer?, UnsafeMutablePointer<UnsafePointer<UnsafePointer<CChar>?>?>?) -> Int32
    let bind:
      @convention(c) (
        UnsafeMutableRawPointer?, Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafeMutablePointer<CChar>?, Int
      ) -> Int32
    let evaluate:
      @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<swmd_atoms>?, UnsafePointer<swmd_neighbors>?, UnsafePointer<swmd_halo>?,
        UnsafeMutablePointer<swmd_output>?, UnsafeMutablePointer<CChar>?, Int
      ) -> Int32
  }

  init(path: String) throws {
    self.path = path
    let place = Place(file: path)
    // Without a slash the loader would search the system's folders instead of the working directory.
    guard let handle = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
      throw Failure.input(
        "the plugin cannot be loaded: \(reason)", at: place, remedy: "check the path and what it links to")
    }
    typealias Entry = @convention(c) () -> UnsafePointer<swmd_potential_interface>?
    guard let symbol = dlsym(handle, "swmd_potential_entry"), let found = unsafeBitCast(symbol, to: Entry.self)() else {
      throw Failure.input(
        "the plugin does not export swmd_potential_entry, or it returns NULL", at: place,
        remedy: "build it against swmd_potential.h")
    }
    // Version 2 added to the end of swmd_output: a library of version 1 does not look there.
    guard (1...UInt32(SWMD_POTENTIAL_VERSION)).contains(found.pointee.version),
      found.pointee.size == MemoryLayout<swmd_potential_interface>.size
    else {
      throw Failure.input(
        "the plugin has version \(found.pointee.version) of the interface, this program \(SWMD_POTENTIAL_VERSION)",
        at: place, remedy: "build it against this program's swmd_potential.h")
    }
    let interface = found.pointee
    guard let name = interface.name, let create = interface.create, let destroy = interface.destroy,
      let cutoff = interface.cutoff, let properties = interface.properties, let elements = interface.elements,
      let bind = interface.bind, let evaluate = interface.evaluate
    else {
      throw Failure.input(
        "the plugin's interface lacks its name or a function", at: place,
        remedy: "provide all that swmd_potential.h lists")
    }
    functions = Functions(
      version: interface.version, name: String(cString: name), create: create, destroy: destroy, cutoff: cutoff, properties: properties,
      elements: elements, bind: bind, evaluate: evaluate)
  }

  /// Calls `body` with room for an error text; returns its result and the text it wrote.
  func withErrorText<T>(_ body: (UnsafeMutablePointer<CChar>?, Int) throws -> T) rethrows -> (result: T, text: String) {
    let capacity = 1024
    return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      buffer.initialize(repeating: 0)
      // The last byte is ours, so that the text ends even if the plugin fills all it was given.
      let result = try body(buffer.baseAddress, capacity - 1)
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return (result, bytes.isEmpty ? "it gave no reason" : String(decoding: bytes, as: UTF8.self))
    }
  }
}
