// swift-tools-version: 6.1
// The house: one target a room; an arrow goes down only (Tests/HouseTests reads this manifest's dump and checks it).
import PackageDescription

/// The processor whose instructions the kernels may use: `native` unless SWMD_CPU names another (znver3, skylake-avx512, ...).
let cpu = Context.environment["SWMD_CPU"] ?? "native"
let everywhere: [SwiftSetting] = [
  .unsafeFlags(["-Xcc", "-march=\(cpu)"]),
  .unsafeFlags(["-wmo"], .when(configuration: .release)),
]
/// Kernels trap nowhere: their inputs were checked where they were read.
let kernel = everywhere + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = everywhere,
  exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: everywhere)
}

let package = Package(
  name: "swmd",
  products: [.executable(name: "swmd", targets: ["swmd"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // Floor 0: the system's libraries, and the error values that every room speaks in.
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CNetCDF", pkgConfig: "netcdf", providers: [.apt(["libnetcdf-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
    // The header that third parties' potentials are built against.
    .target(name: "CPotential"),
    room("Diagnostics"),
    // Floor 1.
    room("Numerics", ["COpenBLAS", "CFFTW"]),
    room("Atomistics", ["Numerics", "Diagnostics"]),
    room("Communication", ["CMPI", "Diagnostics"]),
    room("Figures"),
    // Floor 2.
    room(
      "Decomposition", ["Atomistics", "Numerics", "Communication", "Diagnostics"], kernel, exclude: ["README.md"]),
    room("Formats", ["Atomistics", "Numerics", "Diagnostics"], exclude: ["README.md"]),
    room("PotentialKit", ["Atomistics", "Numerics", "Diagnostics", "CPotential"], kernel),
    // Floor 3.
    room("MomentTensorFiles", ["Diagnostics"]),
    room("AtomicClusterFiles", ["Atomistics", "Numerics", "Diagnostics", "CZlib"]),
    room("MomentTensor", ["MomentTensorFiles", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"], kernel),
    room(
      "AtomicCluster", ["AtomicClusterFiles", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"], kernel),
    room("PairPotentials", ["PotentialKit", "Atomistics", "Numerics", "Diagnostics"], kernel, exclude: ["README.md"]),
    // Floor 4.
    room(
      "Dynamics", ["Decomposition", "PotentialKit", "Communication", "Atomistics", "Numerics", "Diagnostics"], kernel,
      exclude: ["README.md"]),
    room(
      "ActiveLearning",
      ["Decomposition", "Formats", "PotentialKit", "Communication", "Atomistics", "Numerics", "Diagnostics"]),
    // Elasticity and equations of state: formulas over whatever gives energies, so they need no engine and are no kernels.
    room("Mechanics", ["Atomistics", "Numerics", "Diagnostics"]),
    // Estimators over frames, for files and for runs; works without the engine.
    room(
      "Analysis", ["Formats", "PotentialKit", "Communication", "Figures", "Atomistics", "Numerics", "Diagnostics"]),
    // Floor 5.
    room(
      "Simulation",
      [
        "Dynamics", "ActiveLearning", "Analysis", "Mechanics", "MomentTensor", "AtomicCluster", "PairPotentials",
        "Decomposition", "Formats", "PotentialKit", "Communication", "Figures", "Atomistics", "Numerics", "Diagnostics",
        .product(name: "TOMLKit", package: "TOMLKit"),
      ], exclude: ["Input/ERRORS.md", "Input/REFERENCE.md"]),
    // Floor 6.
    .executableTarget(
      name: "swmd",
      dependencies: [
        "Simulation", "Dynamics", "ActiveLearning", "Analysis", "Mechanics", "MomentTensor", "PairPotentials",
        "Decomposition", "Formats", "PotentialKit", "Communication", "Figures", "Atomistics", "Numerics", "Diagnostics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: [
        "ActiveSet.md", "Convert.md", "Cut.md", "Elastic.md", "Eos.md", "Evaluate.md", "Grade.md", "Run.md",
        "Select.md", "Analyze/Arrhenius.md", "Analyze/Bonds.md", "Analyze/Cepstral.md", "Analyze/Coordination.md",
        "Analyze/Drift.md", "Analyze/Flux.md", "Analyze/Fronts.md", "Analyze/Hops.md", "Analyze/MSD.md",
        "Analyze/Onsager.md", "Analyze/Order.md", "Analyze/Profile.md", "Analyze/README.md", "Analyze/Rdf.md",
        "Analyze/Similarity.md", "Analyze/Vacf.md", "Analyze/VanHove.md",
      ], swiftSettings: everywhere),
    // What tests of several rooms need.
    .target(name: "TestSupport", dependencies: ["Numerics"], path: "Tests/TestSupport", swiftSettings: everywhere),
    .target(
      name: "ClusterTestSupport", dependencies: ["AtomicClusterFiles", "Atomistics", "Numerics"],
      path: "Tests/ClusterTestSupport", swiftSettings: everywhere),
    tests("HouseTests", []),
    tests("CoreTests", ["Diagnostics", "Numerics", "Atomistics", "Communication"]),
    tests("FormatsTests", ["TestSupport", "Formats", "Atomistics", "Numerics", "Diagnostics", "CNetCDF"], resources: [.copy("Data")]),
    tests("DecompositionTests", ["Decomposition", "Communication", "Atomistics", "Numerics", "Diagnostics"]),
    // What the benchmarks of several kernels need.
    .target(
      name: "BenchmarkSupport", dependencies: ["PotentialKit", "Atomistics", "Numerics"], path: "benchmarks/support",
      swiftSettings: everywhere),
    .executableTarget(
      name: "mtp-kernel-benchmark", dependencies: ["BenchmarkSupport", "MomentTensor", "MomentTensorFiles", "Atomistics"],
      path: "benchmarks/mtp/kernel", swiftSettings: everywhere),
    .executableTarget(
      name: "ace-kernel-benchmark", dependencies: ["BenchmarkSupport", "AtomicCluster", "Atomistics"],
      path: "benchmarks/ace/kernel", swiftSettings: everywhere),
    tests("AtomicClusterTests", ["TestSupport", "ClusterTestSupport", "AtomicCluster", "AtomicClusterFiles", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"]),
    tests("MomentTensorTests", ["TestSupport", "MomentTensor", "MomentTensorFiles", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"], resources: [.copy("Data")]),
    tests("AtomicClusterFilesTests", ["TestSupport", "ClusterTestSupport", "AtomicClusterFiles", "Atomistics", "Numerics", "Diagnostics"], resources: [.copy("Data")]),
    tests("PairPotentialsTests", ["TestSupport", "PairPotentials", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"], resources: [.copy("Data")]),
    tests("DynamicsTests", ["Dynamics", "MomentTensor", "PairPotentials", "PotentialKit", "Decomposition", "Communication", "Atomistics", "Numerics", "Diagnostics"]),
    tests("ActiveLearningTests", ["TestSupport", "ActiveLearning", "AtomicCluster", "AtomicClusterFiles", "MomentTensor", "MomentTensorFiles", "Formats", "PotentialKit", "Communication", "Atomistics", "Numerics", "Diagnostics"], resources: [.copy("Data")]),
    tests("MechanicsTests", ["Mechanics", "PairPotentials", "PotentialKit", "Atomistics", "Numerics", "Diagnostics"]),
    tests("AnalysisTests", ["TestSupport", "Analysis", "Formats", "Communication", "Atomistics", "Numerics", "Diagnostics"]),
    tests("FiguresTests", ["Figures"]),
    tests("SimulationTests", ["TestSupport", "Simulation", "ActiveLearning", "MomentTensor", "Dynamics", "Formats", "Atomistics", "Numerics", "Diagnostics"], resources: [.copy("Data")]),
    // Run under mpirun by tools/test: what needs several ranks in one process group.
    .executableTarget(
      name: "ParallelTests",
      dependencies: [
        "TestSupport", "Analysis", "Dynamics", "Formats", "PairPotentials", "PotentialKit", "Decomposition", "Communication", "Atomistics",
        "Numerics", "Diagnostics",
      ],
      path: "Tests/ParallelTests", swiftSettings: everywhere),
  ]
)
