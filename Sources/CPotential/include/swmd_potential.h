/*
 * A potential of your own for swmd, in any language that can export C functions.
 *
 * Build a shared library that exports swmd_potential_entry() and name it in the input:
 *
 *     [potential]
 *     plugin = "libmine.so"
 *     settings = "anything your library wants to be told, such as the name of a parameter file"
 *
 * Units are A, eV and eV/A. Every rank (process) of a run loads the library and makes an instance of its own; all
 * calls for one instance come from one thread at a time. Arrays belong to the engine and are valid during the call
 * only. A call that fails writes one sentence to `error` and returns what its description says; it must not exit or
 * abort.
 *
 * This header is plain C11 and C++. Its layout changes only with SWMD_POTENTIAL_VERSION; libraries built against version 1,
 * which had no virials in swmd_output, still work.
 */
#ifndef SWMD_POTENTIAL_H
#define SWMD_POTENTIAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface; an engine refuses a library that was built against a later one. */
#define SWMD_POTENTIAL_VERSION 2

/* Property: evaluate adds forces to ghosts, and the engine must return them to the atoms' owners. */
#define SWMD_ADDS_FORCES_TO_GHOSTS 1u
/* Property: evaluate can give extrapolation grades. */
#define SWMD_HAS_ACTIVE_SET 2u
/* Property: evaluate can give per-atom virials (version 2). */
#define SWMD_GIVES_VIRIALS 4u

/* One rank's atoms: those it owns first, then ghosts, which are copies of other ranks' atoms or periodic images. */
typedef struct swmd_atoms {
  /* Number of atoms that this rank owns; may be 0. */
  int64_t owned_count;
  /* Number of owned atoms and ghosts. */
  int64_t total_count;
  /* Positions, [total_count][4], A; the fourth of each is 0. Images are in place already: distances are plain
   * differences. */
  const double *positions;
  /* Kind of each atom, [total_count]: an index into the elements that bind was given. */
  const int32_t *kinds;
  /* Stable identity of each atom, [total_count]; a ghost has that of the atom it copies. */
  const int64_t *ids;
} swmd_atoms;

/* Full neighbor lists of the owned atoms: a pair of owned atoms is in the lists of both. */
typedef struct swmd_neighbors {
  /* The engine's cutoff, A: at least the potential's own. */
  double cutoff;
  /* How much farther than the cutoff listed neighbors may be, A: the potential must test distances itself. */
  double skin;
  /* Where the neighbors of each owned atom start, [owned_count + 1]. */
  const int64_t *offsets;
  /* Neighbors of atom i: neighbors[offsets[i]] to neighbors[offsets[i + 1] - 1], local indices, ordered by kind. */
  const int32_t *neighbors;
} swmd_neighbors;

/* Exchange of per-atom values with the other ranks, for potentials that need some of ghosts in the middle of an
 * evaluation. Collective: all ranks must make the same sequence of calls, also a rank that owns no atom. */
typedef struct swmd_halo {
  /* To be handed to the functions below. */
  void *context;
  /* Copies `width` values of each owned atom to all its ghosts. `values`: [total_count][width]. */
  void (*forward)(void *context, double *values, int32_t width);
  /* Adds `width` values of each ghost to its owner's; ghosts keep theirs. `values`: [total_count][width]. */
  void (*reverse)(void *context, double *values, int32_t width);
} swmd_halo;

/* Where evaluate adds its results. Other potentials may add to the same arrays: add, never overwrite. */
typedef struct swmd_output {
  /* Forces, [total_count][4], eV/A; leave the fourth of each alone. Ghosts' only with SWMD_ADDS_FORCES_TO_GHOSTS. */
  double *forces;
  /* Energies of the owned atoms, [owned_count], eV; their sum over all ranks is the potential energy. */
  double *energies;
  /* Extrapolation grades of the owned atoms, [owned_count], or NULL where nobody asks; store the larger of yours and
   * what is there. Forces and energies must be the same bits with and without. */
  double *grades;
  /* The virial W = sum of r (x) F = -dE/d(strain), row-major, eV: this rank's share, all ranks' add up. */
  double virial[9];
  /* To be raised by the number of owned atoms that lay outside what your tables or fits cover; the engine warns. */
  int64_t out_of_range_count;
  /* Virials of the owned atoms, [owned_count][9], row-major, eV, or NULL where nobody asks or you do not have
   * SWMD_GIVES_VIRIALS. Atom i gets -sum over its neighbors j of (r_j - r_i) (x) dE_i/d(r_j - r_i), half of each pair's
   * for a pair potential: their sum over all atoms is `virial`, which must be the same bits with and without. */
  double *virials;
} swmd_output;

/* What a library provides. Every function must be there. */
typedef struct swmd_potential_interface {
  /* SWMD_POTENTIAL_VERSION. */
  uint32_t version;
  /* sizeof(swmd_potential_interface). */
  uint32_t size;
  /* What the log calls the potential. */
  const char *name;
  /* Makes an instance from the input's settings (NULL if there are none); NULL if it fails. `error` holds
   * `error_size` bytes. */
  void *(*create)(const char *settings, char *error, size_t error_size);
  /* Ends an instance. */
  void (*destroy)(void *instance);
  /* The largest distance at which a neighbor matters, A; positive, constant. */
  double (*cutoff)(const void *instance);
  /* SWMD_... properties, combined with |; constant. */
  uint32_t (*properties)(const void *instance);
  /* The number of elements that the instance knows, 0 for any, and their symbols in `symbols`, which stay the
   * instance's. */
  int32_t (*elements)(const void *instance, const char *const **symbols);
  /* Called once before the first evaluation: atoms of kind k are of element `symbols[k]`. Returns 0, or anything else
   * if it fails. `symbols` are valid during the call only. */
  int32_t (*bind)(void *instance, int32_t count, const char *const *symbols, char *error, size_t error_size);
  /* Adds energies, forces and the virial of the owned atoms to `output`. Returns 0, or anything else if it fails. */
  int32_t (*evaluate)(
      void *instance, const swmd_atoms *atoms, const swmd_neighbors *neighbors, const swmd_halo *halo,
      swmd_output *output, char *error, size_t error_size);
} swmd_potential_interface;

/* What the library exports: its interface, which must stay valid as long as the library is loaded. */
const swmd_potential_interface *swmd_potential_entry(void);

#ifdef __cplusplus
}
#endif

#endif
