// @ts-check
/**
 * QR codes (ISO/IEC 18004) in byte mode, error correction L or M, versions 1 to 40: for a tablet without a network. The
 * matrix is the one that segno makes, bit for bit; a test compares them.
 */

/** @typedef {"L" | "M"} Level */
/** Per version: correction bytes of a block, and blocks. @type {Record<Level, [number[], number[]]>} */
const BLOCKS = {
  L: [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
  ],
  M: [
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
  ],
};
/** @type {((i: number, j: number) => boolean)[]} */
const MASKS = [
  (i, j) => (i + j) % 2 === 0, (i) => i % 2 === 0, (_, j) => j % 3 === 0, (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0, (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0, (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];
const FINDER = [1, 0, 1, 1, 1, 0, 1], OPEN = 2;

/** Bits of the symbol that carry codewords. @param {number} version */
function room(version) {
  const aligned = Math.floor(version / 7) + 2, all = (16 * version + 128) * version + 64;
  return version < 2 ? all : all - ((25 * aligned - 10) * aligned - 55) - (version < 7 ? 0 : 36);
}

/** Bytes for data. @param {number} version @param {Level} level */
const capacity = (version, level) => Math.floor(room(version) / 8) - BLOCKS[level][0][version - 1] * BLOCKS[level][1][version - 1];

/** The product in GF(256) modulo 0x11d. @param {number} one @param {number} other */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) product = ((product << 1) ^ ((product >> 7) * 0x11d)) ^ (((other >> bit) & 1) * one);
  return product;
}

/** The generator polynomial of so many correction bytes. @param {number} degree */
function generator(degree) {
  const made = Array(degree).fill(0);
  made[degree - 1] = 1;
  for (let root = 1, turn = 0; turn < degree; turn += 1, root = times(root, 2)) {
    for (let at = 0; at < degree; at += 1) made[at] = times(made[at], root) ^ (made[at + 1] ?? 0);
  }
  return made;
}

/** @param {number[]} data @param {number[]} divisor */
function remainder(data, divisor) {
  const rest = Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ /** @type {number} */ (rest.shift());
    rest.push(0);
    divisor.forEach((each, at) => { rest[at] ^= times(each, factor); });
  }
  return rest;
}

/** Mode, length, text, terminator and padding. @param {Uint8Array} bytes @param {number} version @param {Level} level */
function dataOf(bytes, version, level) {
  /** @type {number[]} */
  const bits = [];
  const add = (/** @type {number} */ value, /** @type {number} */ length) => { for (let at = length - 1; at >= 0; at -= 1) bits.push((value >> at) & 1); };
  add(4, 4);
  add(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) add(byte, 8);
  const most = capacity(version, level) * 8;
  add(0, Math.min(4, most - bits.length));
  add(0, Math.min(8 - (bits.length % 8), most - bits.length));
  for (let turn = 0; bits.length < most; turn += 1) add(turn % 2 ? 0x11 : 0xec, 8);
  return Array.from({ length: most / 8 }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0));
}

/** Data and correction bytes of all blocks, one of each in turn. @param {number[]} data @param {number} version @param {Level} level */
function codewords(data, version, level) {
  const corrections = BLOCKS[level][0][version - 1], count = BLOCKS[level][1][version - 1];
  const short = Math.floor(data.length / count), shorts = count - (data.length % count), divisor = generator(corrections);
  const blocks = Array.from({ length: count }, (_, at) => {
    const start = at * short + Math.max(0, at - shorts);
    return data.slice(start, start + short + (at < shorts ? 0 : 1));
  });
  const tails = blocks.map((block) => remainder(block, divisor));
  const inTurn = (/** @type {number[][]} */ parts, /** @type {number} */ length) => Array.from({ length }, (_, at) => parts.flatMap((part) => (at < part.length ? [part[at]] : []))).flat();
  return [...inTurn(blocks, short + 1), ...inTurn(tails, corrections)];
}

/** Where centres of alignment patterns lie. @param {number} version */
function centres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2, step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => version * 4 + 10 - step * (count - 2 - at))];
}

/** The symbol without data; what data may fill is OPEN. @param {number} version */
function frame(version) {
  const size = version * 4 + 17, grid = Array.from({ length: size }, () => Array(size).fill(OPEN));
  for (let at = 0; at < 9; at += 1) grid[at][8] = grid[8][at] = grid[size - Math.max(at, 1)][8] = grid[8][size - Math.max(at, 1)] = 0;
  if (version > 6) for (let at = 0; at < 18; at += 1) grid[Math.floor(at / 3)][size - 11 + (at % 3)] = grid[size - 11 + (at % 3)][Math.floor(at / 3)] = 0;
  for (let at = 8; at < size - 8; at += 1) grid[6][at] = grid[at][6] = 1 - (at % 2);
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) {
    for (let i = -4; i < 5; i += 1) for (let j = -4; j < 5; j += 1) {
      const far = Math.max(Math.abs(i), Math.abs(j));
      if (row + i in grid && column + j in grid) grid[row + i][column + j] = far === 2 || far === 4 ? 0 : 1;
    }
  }
  const places = centres(version), last = places.length - 1;
  places.forEach((row, at) => places.forEach((column, other) => {
    if ((at === 0 && other === 0) || (at === 0 && other === last) || (at === last && other === 0)) return;
    for (let i = -2; i < 3; i += 1) for (let j = -2; j < 3; j += 1) grid[row + i][column + j] = Math.max(Math.abs(i), Math.abs(j)) === 1 ? 0 : 1;
  }));
  return grid;
}

/** Fill the open places in pairs of columns, from the right, up and down in turn. @param {number[][]} grid @param {number[]} bytes */
function fill(grid, bytes) {
  const size = grid.length;
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let turn = 0; turn < size; turn += 1) for (const column of [right, right - 1]) {
      const row = ((right + 1) & 2) === 0 ? size - 1 - turn : turn;
      if (grid[row][column] !== OPEN) continue;
      grid[row][column] = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
      at += 1;
    }
  }
}

/** How badly this grid reads: long runs, blocks, false finders, too dark or too light. @param {number[][]} grid */
function penalty(grid) {
  const size = grid.length, lines = [...grid, ...grid.map((_, column) => grid.map((row) => row[column]))];
  let score = 0, dark = 0;
  for (const line of lines) {
    let run = 0;
    line.forEach((bit, at) => {
      run = at && bit === line[at - 1] ? run + 1 : 1;
      if (run >= 5 && bit !== line[at + 1]) score += run - 2;
    });
    for (let at = 0; at <= size - 7;) {
      if (!FINDER.every((bit, place) => line[at + place] === bit)) { at += 1; continue; }
      const isAlone = at === 0 || at === size - 7 || !line.slice(Math.max(at - 4, 0), at).includes(1) || !line.slice(at + 7, at + 11).includes(1);
      score += isAlone ? 40 : 0;
      at += isAlone ? 7 : 4;
    }
  }
  for (let i = 0; i < size; i += 1) for (let j = 0; j < size; j += 1) {
    dark += grid[i][j];
    if (i && j && grid[i][j] === grid[i][j - 1] && grid[i][j] === grid[i - 1][j] && grid[i][j] === grid[i - 1][j - 1]) score += 3;
  }
  return score + 10 * Math.floor(Math.abs((dark / size ** 2) * 100 - 50) / 5);
}

/** A value and its remainder by a generator. @param {number} value @param {number} degree @param {number} divisor */
function checked(value, degree, divisor) {
  let rest = value;
  for (let turn = 0; turn < degree; turn += 1) rest = (rest << 1) ^ ((rest >> (degree - 1)) * divisor);
  return (value << degree) | rest;
}

/** @param {number[][]} grid @param {number} version @param {Level} level @param {number} mask */
function label(grid, version, level, mask) {
  const size = grid.length, format = checked(((level === "L" ? 1 : 0) << 3) | mask, 10, 0x537) ^ 0x5412;
  for (let at = 0; at < 8; at += 1) {
    const low = (format >> at) & 1, high = (format >> (14 - at)) & 1, place = at < 6 ? at : at + 1;
    grid[place][8] = grid[8][size - 1 - at] = low;
    if (at < 7) grid[8][place < 8 ? place : 7] = grid[size - 1 - at][8] = high;
  }
  grid[8][8] = (format >> 7) & 1;
  grid[size - 8][8] = 1;
  if (version < 7) return;
  const info = checked(version, 12, 0x1f25);
  for (let at = 0; at < 18; at += 1) grid[Math.floor(at / 3)][size - 11 + (at % 3)] = grid[size - 11 + (at % 3)][Math.floor(at / 3)] = (info >> at) & 1;
}

/** The modules of a text, row by row, 1 for dark. Raises RangeError where 40 is not enough. @param {string} text @param {Level} [level] @param {number} [least] the smallest version to use */
export function matrix(text, level = "M", least = 1) {
  const bytes = new TextEncoder().encode(text);
  let version = least;
  while (version <= 40 && bytes.length + (version < 10 ? 2 : 3) > capacity(version, level)) version += 1;
  if (version > 40) throw new RangeError("too long for one code");
  const empty = frame(version), full = empty.map((row) => [...row]);
  fill(full, codewords(dataOf(bytes, version, level), version, level));
  let best = full, chosen = 0, least_penalty = Infinity;
  MASKS.forEach((mask, number) => {
    const masked = full.map((row, i) => row.map((bit, j) => (empty[i][j] === OPEN && mask(i, j) ? 1 - bit : bit)));
    const score = penalty(masked);
    if (score < least_penalty) [best, chosen, least_penalty] = [masked, number, score];
  });
  label(best, version, level, chosen);
  return best;
}

/** A picture of the code with its quiet zone, dark on white whatever the page looks like. @param {string} text @param {Level} [level] */
export function svg(text, level = "M") {
  const grid = matrix(text, level), size = grid.length + 8;
  const path = grid.map((row, i) => row.map((bit, j) => (bit ? `M${j + 4} ${i + 4}h1v1h-1z` : "")).join("")).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
}
