// Moving points as one draw call: ten thousand of them cost a frame next to nothing, which GeoJSON cannot say.
// What is old turns grey with a dashed edge in the shader itself, by the clock it is given: no list is walked for it.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as GlMap } from "maplibre-gl";
import { MercatorCoordinate } from "maplibre-gl";

export const MOST_KINDS = 24;
export const OPEN = 1;
export const LASTING = 4;
const WIDTH = 4; // floats of a point: x, y, seen, look
const MILLION = 1_000_000;

// Okabe and Ito's hues for eyes that tell fewer of them apart; the shape goes with them, so that no colour speaks alone.
export const HUES = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00"] as const;
const SHAPES = 4;

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_now;
uniform float u_size;
uniform float u_fresh[${String(MOST_KINDS)}];
uniform vec3 u_hue[6];
uniform float u_shown[${String(MOST_KINDS)}];
in vec2 a_place;
in float a_seen;
in float a_look;
out vec3 v_hue;
flat out int v_shape;
flat out int v_stale;
flat out int v_done;
void main() {
  int look = int(a_look);
  int kind = look % 32;
  int flags = look / 32;
  v_hue = u_hue[kind % 6];
  v_shape = kind % ${String(SHAPES)};
  v_stale = ((flags & ${String(LASTING)}) == 0 && u_now - a_seen > u_fresh[kind]) ? 1 : 0;
  v_done = (flags & ${String(OPEN)}) == 0 ? 1 : 0;
  gl_Position = u_matrix * vec4(a_place, 0.0, 1.0);
  gl_PointSize = u_shown[kind] > 0.5 ? u_size : 0.0;
  if (u_shown[kind] < 0.5) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 v_hue;
flat in int v_shape;
flat in int v_stale;
flat in int v_done;
uniform vec3 u_edge;
uniform vec3 u_stale;
uniform vec3 u_ground;
out vec4 colour;
float outside(vec2 p) {
  if (v_shape == 1) return max(abs(p.x), abs(p.y)) * 1.12;
  if (v_shape == 2) return max(abs(p.x) * 0.866 - p.y * 0.5, p.y) * 1.35 + 0.1;
  if (v_shape == 3) return (abs(p.x) + abs(p.y)) * 0.92;
  return length(p);
}
void main() {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  p.y = -p.y;
  float d = outside(vec2(p.x, -p.y));
  if (d > 1.0) discard;
  bool rim = d > 0.72;
  if (v_stale == 1) {
    float dash = fract(atan(p.y, p.x) / 6.2832 * 6.0);
    if (rim && dash > 0.6) discard;
    colour = rim ? vec4(u_stale, 1.0) : vec4(mix(u_ground, u_stale, 0.45), 1.0);
  } else if (v_done == 1) {
    colour = rim ? vec4(v_hue, 1.0) : vec4(u_ground, 1.0);
  } else {
    colour = rim ? vec4(u_edge, 1.0) : vec4(v_hue, 1.0);
  }
}`;

/** #rrggbb, rgb(…) → three parts of one. */
export function parts(colour: string): [number, number, number] {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (hex !== undefined) {
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
  }
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red / 255, green / 255, blue / 255];
}

export interface Colours {
  edge: string;
  stale: string;
  ground: string;
}

/** A layer of points with its own store. Positions are kept about an origin, in the square of Mercator. */
export class Points implements CustomLayerInterface {
  readonly type = "custom";
  readonly renderingMode = "2d";
  now: () => number;
  isShown = true;
  size = 13;
  #count = 0;
  #data = new Float32Array(WIDTH * 1024);
  #keys = new Int32Array(1024);
  #slots = new Map<number, number>();
  #isDirty = true;
  #capacity = 0;
  #origin: MercatorCoordinate;
  #base: number;
  #kinds: string[] = [];
  #kindOf = new Map<string, number>();
  readonly #fresh = new Float32Array(MOST_KINDS).fill(1800);
  readonly #shownKinds = new Float32Array(MOST_KINDS).fill(1);
  readonly #hues = new Float32Array(HUES.flatMap((hue) => parts(hue)));
  #colours: [Float32Array, Float32Array, Float32Array];
  #map: GlMap | null = null;
  #gl: WebGL2RenderingContext | null = null;
  #program: WebGLProgram | null = null;
  #array: WebGLVertexArrayObject | null = null;
  #buffer: WebGLBuffer | null = null;
  #uniforms: Record<string, WebGLUniformLocation | null> = {};
  readonly #matrix = new Float64Array(16);
  readonly #single = new Float32Array(16);

  constructor(readonly id: string, origin: [number, number], now: () => number, colours: Colours) {
    this.#origin = MercatorCoordinate.fromLngLat(origin);
    this.now = now;
    this.#base = Math.floor(now());
    this.#colours = [parts(colours.edge), parts(colours.stale), parts(colours.ground)].map(
      (one) => new Float32Array(one),
    ) as [Float32Array, Float32Array, Float32Array];
  }

  get count(): number {
    return this.#count;
  }

  /** The number of a kind; a new one gets the next. */
  kind(name: string, freshSeconds: number): number {
    const known = this.#kindOf.get(name);
    if (known !== undefined) return known;
    const made = Math.min(this.#kinds.length, MOST_KINDS - 1);
    this.#kinds.push(name);
    this.#kindOf.set(name, made);
    this.#fresh[made] = freshSeconds;
    return made;
  }

  showKind(name: string, isShown: boolean): void {
    const kind = this.#kindOf.get(name);
    if (kind !== undefined) this.#shownKinds[kind] = isShown ? 1 : 0;
    this.#map?.triggerRepaint();
  }

  clear(): void {
    this.#count = 0;
    this.#slots.clear();
    this.#isDirty = true;
  }

  /** Longitude and latitude in millionths of a degree, `seen` in seconds since 1970. */
  put(key: number, kind: number, longitude: number, latitude: number, seen: number, flags: number): void {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#count;
      this.#count += 1;
      if (this.#count > this.#keys.length) this.#grow();
      this.#slots.set(key, slot);
      this.#keys[slot] = key;
    }
    const at = slot * WIDTH;
    const place = (latitude / MILLION) * (Math.PI / 180);
    this.#data[at] = longitude / MILLION / 360 + 0.5 - this.#origin.x;
    this.#data[at + 1] = 0.5 - Math.log(Math.tan(Math.PI / 4 + place / 2)) / (2 * Math.PI) - this.#origin.y;
    this.#data[at + 2] = seen - this.#base;
    this.#data[at + 3] = kind + flags * 32;
    this.#isDirty = true;
  }

  remove(key: number): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#count -= 1;
    if (slot !== this.#count) {
      this.#data.copyWithin(slot * WIDTH, this.#count * WIDTH, (this.#count + 1) * WIDTH);
      const moved = this.#keys[this.#count] ?? 0;
      this.#keys[slot] = moved;
      this.#slots.set(moved, slot);
    }
    this.#isDirty = true;
  }

  #grow(): void {
    const data = new Float32Array(this.#data.length * 2);
    data.set(this.#data);
    this.#data = data;
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }

  redraw(): void {
    if (this.#isDirty) this.#map?.triggerRepaint();
  }

  #isVisible(slot: number): boolean {
    const kind = (this.#data[slot * WIDTH + 3] ?? 0) % 32;
    return (this.#shownKinds[kind] ?? 0) > 0.5;
  }

  /** How many of the shown kinds lie in a box of degrees. */
  within(west: number, south: number, east: number, north: number): number {
    const low = MercatorCoordinate.fromLngLat([west, north]);
    const high = MercatorCoordinate.fromLngLat([east, south]);
    let found = 0;
    for (let slot = 0; slot < this.#count; slot += 1) {
      const x = (this.#data[slot * WIDTH] ?? 0) + this.#origin.x;
      const y = (this.#data[slot * WIDTH + 1] ?? 0) + this.#origin.y;
      if (x >= low.x && x <= high.x && y >= low.y && y <= high.y && this.#isVisible(slot)) found += 1;
    }
    return found;
  }

  /** The key of the shown point nearest to a place, not farther than so many pixels of the screen. */
  nearest(longitude: number, latitude: number, pixels: number, zoom: number): number | null {
    const at = MercatorCoordinate.fromLngLat([longitude, latitude]);
    let best: number | null = null;
    let nearest = pixels / (512 * 2 ** zoom);
    for (let slot = 0; slot < this.#count; slot += 1) {
      const x = (this.#data[slot * WIDTH] ?? 0) + this.#origin.x - at.x;
      const y = (this.#data[slot * WIDTH + 1] ?? 0) + this.#origin.y - at.y;
      const distance = Math.hypot(x, y);
      if (distance < nearest && this.#isVisible(slot)) {
        nearest = distance;
        best = this.#keys[slot] ?? null;
      }
    }
    return best;
  }

  onAdd(map: GlMap, context: WebGL2RenderingContext): void {
    this.#map = map;
    this.#gl = context;
    const program = context.createProgram();
    for (const [kind, source] of [[context.VERTEX_SHADER, VERTEX], [context.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = context.createShader(kind);
      if (shader === null) throw new Error("no shader");
      context.shaderSource(shader, source);
      context.compileShader(shader);
      context.attachShader(program, shader);
    }
    context.linkProgram(program);
    if (context.getProgramParameter(program, context.LINK_STATUS) !== true) {
      throw new Error(context.getProgramInfoLog(program) ?? "the points' shader does not link");
    }
    this.#program = program;
    for (const name of ["matrix", "now", "size", "fresh", "hue", "shown", "edge", "stale", "ground"]) {
      this.#uniforms[name] = context.getUniformLocation(program, `u_${name}`);
    }
    this.#buffer = context.createBuffer();
    this.#array = context.createVertexArray();
    context.bindVertexArray(this.#array);
    context.bindBuffer(context.ARRAY_BUFFER, this.#buffer);
    for (const [name, width, offset] of [["a_place", 2, 0], ["a_seen", 1, 8], ["a_look", 1, 12]] as const) {
      const place = context.getAttribLocation(program, name);
      context.enableVertexAttribArray(place);
      context.vertexAttribPointer(place, width, context.FLOAT, false, WIDTH * 4, offset);
    }
    context.bindVertexArray(null);
    this.#capacity = 0;
    this.#isDirty = true;
  }

  onRemove(): void {
    this.#gl?.deleteBuffer(this.#buffer);
    this.#gl?.deleteVertexArray(this.#array);
    this.#gl?.deleteProgram(this.#program);
    this.#gl = null;
  }

  #upload(context: WebGL2RenderingContext): void {
    context.bindBuffer(context.ARRAY_BUFFER, this.#buffer);
    if (this.#capacity < this.#data.length) {
      context.bufferData(context.ARRAY_BUFFER, this.#data, context.DYNAMIC_DRAW);
      this.#capacity = this.#data.length;
    } else {
      context.bufferSubData(context.ARRAY_BUFFER, 0, this.#data, 0, this.#count * WIDTH);
    }
    this.#isDirty = false;
  }

  render(context: WebGL2RenderingContext | WebGLRenderingContext, input: CustomRenderMethodInput): void {
    if (!(context instanceof WebGL2RenderingContext) || this.#program === null || !this.isShown || this.#count === 0) return;
    context.bindVertexArray(this.#array);
    if (this.#isDirty) this.#upload(context);
    this.#place(input.defaultProjectionData.mainMatrix);
    context.useProgram(this.#program);
    const uniform = this.#uniforms;
    context.uniformMatrix4fv(uniform.matrix ?? null, false, this.#single);
    context.uniform1f(uniform.now ?? null, this.now() - this.#base);
    context.uniform1f(uniform.size ?? null, this.size * devicePixelRatio);
    context.uniform1fv(uniform.fresh ?? null, this.#fresh);
    context.uniform1fv(uniform.shown ?? null, this.#shownKinds);
    context.uniform3fv(uniform.hue ?? null, this.#hues);
    context.uniform3fv(uniform.edge ?? null, this.#colours[0]);
    context.uniform3fv(uniform.stale ?? null, this.#colours[1]);
    context.uniform3fv(uniform.ground ?? null, this.#colours[2]);
    context.disable(context.DEPTH_TEST);
    context.disable(context.STENCIL_TEST);
    context.enable(context.BLEND);
    context.blendFunc(context.ONE, context.ONE_MINUS_SRC_ALPHA);
    context.drawArrays(context.POINTS, 0, this.#count);
    context.bindVertexArray(null);
  }

  /** The map's matrix moved to the origin in double precision: near the ground single precision would shake. */
  #place(matrix: ArrayLike<number>): void {
    for (let at = 0; at < 16; at += 1) this.#matrix[at] = matrix[at] ?? 0;
    const m = this.#matrix;
    for (let row = 0; row < 4; row += 1) {
      m[12 + row] = (m[row] ?? 0) * this.#origin.x + (m[4 + row] ?? 0) * this.#origin.y + (m[12 + row] ?? 0);
    }
    this.#single.set(m);
  }
}
