// Cholesky factors of small dense matrices, and the triangular systems they solve.

/** The lower triangle L of a matrix L·Lᵀ, row by row in one array of size². */
export interface CholeskyFactor {
  readonly size: number;
  readonly values: Float64Array;
}

/**
 * Factors a symmetric positive definite matrix (Golub & Van Loan, Matrix Computations, §4.2).
 *
 * @param matrix size² values, row by row; only the lower triangle is read.
 * @returns undefined when the matrix is not positive definite in double precision.
 */
export function choleskyOf(matrix: Float64Array, size: number): CholeskyFactor | undefined {
  const values = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = at(matrix, row * size + column);
      for (let k = 0; k < column; k++) rest -= at(values, row * size + k) * at(values, column * size + k);
      if (row !== column) values[row * size + column] = rest / at(values, column * size + column);
      else if (rest > 0) values[row * size + row] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return { size, values };
}

/**
 * x with L·x = b.
 *
 * @param x where it is written; may be `b` itself.
 */
export function solveLower(
  { size, values }: CholeskyFactor,
  b: ArrayLike<number>,
  x = new Float64Array(size),
): Float64Array {
  for (let row = 0; row < size; row++) {
    let rest = at(b, row);
    for (let k = 0; k < row; k++) rest -= at(values, row * size + k) * at(x, k);
    x[row] = rest / at(values, row * size + row);
  }
  return x;
}

/** x with Lᵀ·x = b. */
export function solveUpper({ size, values }: CholeskyFactor, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let rest = at(b, row);
    for (let k = row + 1; k < size; k++) rest -= at(values, k * size + row) * at(x, k);
    x[row] = rest / at(values, row * size + row);
  }
  return x;
}

/** ln det(L·Lᵀ) / 2. */
export function halfLogDeterminant({ size, values }: CholeskyFactor): number {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += Math.log(at(values, row * size + row));
  return sum;
}

/** Indexes here are inside by construction; the compiler cannot know. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}
