import ArgumentParser

struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Diffusivities, Onsager matrices, structure and fluxes from a trajectory.",
    discussion: """
      swmd analyze msd run/trajectory.nc --skip 10 --fit 5:50
      mpirun -np 8 swmd analyze rdf trajectory.nc --pair Li-S --rmax 8

      Each kind prints a table and writes CSV, JSON and pictures into analysis/ (--output DIR, --no-files, --json).
      """,
    subcommands: [
      MSDCommand.self,
      OnsagerCommand.self,
      CepstralCommand.self,
      VacfCommand.self,
      DriftCommand.self,
      RdfCommand.self,
      CoordinationCommand.self,
      BondsCommand.self,
      ProfileCommand.self,
      OrderCommand.self,
      FluxCommand.self,
      FrontsCommand.self,
      HopsCommand.self,
      VanHoveCommand.self,
      SimilarityCommand.self,
      ArrheniusCommand.self,
    ])
}
