/**
 * Edges in WebGL, from one buffer of our own.
 *
 * sigma keeps an object, a reducer's call and an entry of several tables for every edge. Two hundred thousand of them take
 * longer than the whole page may; as bytes in a buffer they take a few milliseconds.
 */

import type { RenderParams } from "sigma/types";

const VERTEX = /* glsl */ `#version 300 es
layout(location = 0) in vec2 a_from;
layout(location = 1) in vec2 a_to;
layout(location = 2) in vec4 a_color;
// Width in eighths of a pixel; line (0), dashes (1) or dots (2); arrow; shift to the side in pixels, 128 being none.
layout(location = 3) in vec4 a_style;
// The radii of both ends, in eighths of a pixel.
layout(location = 4) in vec2 a_radii;
layout(location = 5) in vec2 a_corner;
uniform mat3 u_matrix;
uniform vec2 u_viewport;
uniform float u_sizeRatio;
uniform vec3 u_place;
uniform bool u_heads;
out vec4 v_color;
out float v_across;
out float v_along;
flat out float v_half;
flat out float v_line;
vec2 pixels(vec2 at) {
  vec2 framed = (at - u_place.xy) / u_place.z + 0.5;
  return (u_matrix * vec3(framed, 1.0)).xy * u_viewport * 0.5;
}
void main() {
  vec2 from = pixels(a_from);
  vec2 to = pixels(a_to);
  vec2 way = to - from;
  float far = max(length(way), 0.001);
  way /= far;
  vec2 side = vec2(-way.y, way.x);
  vec2 shift = side * (a_style.w - 128.0);
  float width = a_style.x / 8.0;
  float end = a_radii.y / 8.0 / u_sizeRatio + 1.0;
  float head = 4.0 + width * 2.5;
  bool pointed = a_style.z > 0.5;
  v_color = a_color;
  v_line = a_style.y;
  v_half = width * 0.5;
  vec2 at;
  if (u_heads) {
    vec2 tip = to - way * end;
    at = tip - way * head * a_corner.x + side * (head * 0.42) * a_corner.y;
    v_across = 0.0;
    v_along = 0.0;
    if (!pointed || far < end + head * 1.5) at = vec2(1e6);
  } else {
    float start = a_radii.x / 8.0 / u_sizeRatio;
    float stop = far - end - (pointed ? head * 0.7 : 0.0);
    v_along = mix(min(start, far * 0.4), max(stop, far * 0.6), a_corner.x);
    v_across = a_corner.y * (v_half + 0.75);
    at = from + way * v_along + side * v_across;
  }
  gl_Position = vec4((at + shift) * 2.0 / u_viewport, 0.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `#version 300 es
precision mediump float;
in vec4 v_color;
in float v_across;
in float v_along;
flat in float v_half;
flat in float v_line;
out vec4 colour;
void main() {
  float cover = 1.0 - smoothstep(v_half - 0.35, v_half + 0.65, abs(v_across));
  if (v_line > 1.5) cover *= step(fract(v_along / 5.0), 0.5);
  else if (v_line > 0.5) cover *= step(fract(v_along / 11.0), 0.68);
  colour = vec4(v_color.rgb, 1.0) * (v_color.a * cover);
}`;

/** Where many lie on each other, a line of one pixel says as much as a band with soft sides, at a fraction of the work. */
const THIN = /* glsl */ `#version 300 es
precision mediump float;
in vec4 v_color;
out vec4 colour;
void main() {
  colour = vec4(v_color.rgb, 1.0) * v_color.a;
}`;

const THIN_VERTEX = /* glsl */ `#version 300 es
layout(location = 0) in vec2 a_position;
layout(location = 1) in vec4 a_color;
uniform mat3 u_matrix;
uniform vec3 u_place;
out vec4 v_color;
void main() {
  v_color = a_color;
  gl_Position = vec4((u_matrix * vec3((a_position - u_place.xy) / u_place.z + 0.5, 1.0)).xy, 0.0, 1.0);
}`;

const BYTES = 20;
/** Above so many edges in view, they are thin lines. */
const BANDS = 30_000;
/** Above so many, arrowheads would cover what they point at. */
const HEADS = 12_000;

/** Writes edges one after the other. */
export class EdgeBuffer {
  readonly bytes: ArrayBuffer;
  private readonly shorts: Int16Array;
  private readonly words: Uint32Array;
  private readonly octets: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.bytes = new ArrayBuffer(capacity * BYTES);
    this.shorts = new Int16Array(this.bytes);
    this.words = new Uint32Array(this.bytes);
    this.octets = new Uint8Array(this.bytes);
  }

  add(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    colour: number,
    width: number,
    line: number,
    arrow: boolean,
    shift: number,
    sourceRadius: number,
    targetRadius: number,
  ): void {
    const at = this.count++ * BYTES;
    const short = at >> 1;
    this.shorts[short] = x0;
    this.shorts[short + 1] = y0;
    this.shorts[short + 2] = x1;
    this.shorts[short + 3] = y1;
    this.words[(at >> 2) + 2] = colour;
    this.octets[at + 12] = Math.min(255, width * 8);
    this.octets[at + 13] = line;
    this.octets[at + 14] = Number(arrow);
    this.octets[at + 15] = 128 + shift;
    this.octets[at + 16] = Math.min(255, sourceRadius * 8);
    this.octets[at + 17] = Math.min(255, targetRadius * 8);
  }

  get bands(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes, 0, this.count * BYTES);
  }

  /** Both ends of every edge, each with the colour. */
  get lines(): Uint32Array<ArrayBuffer> {
    const found = new Uint32Array(this.count * 4);
    for (let at = 0, from = 0; at < found.length; at += 4, from += BYTES / 4) {
      found[at] = this.words[from];
      found[at + 2] = this.words[from + 1];
      found[at + 1] = found[at + 3] = this.words[from + 2];
    }
    return found;
  }
}

export interface EdgePainter {
  /** To be given to sigma as the program of its edges, of which it has none. */
  readonly program: new (gl: WebGL2RenderingContext) => object;
  set(buffer: EdgeBuffer): void;
  /** Whether edges are drawn at all; they are not while a large map moves. */
  drawn: boolean;
  /** The middle of all positions, and the larger of their extents. */
  place: readonly [x: number, y: number, extent: number];
}

export function edgePainter(): EdgePainter {
  let current: EdgeBuffer | null = null;
  const painter: EdgePainter = {
    program: class Program {
      drawLabel = undefined;
      private readonly bands: WebGLProgram;
      private readonly thin: WebGLProgram;
      private readonly buffer: WebGLBuffer;
      private readonly lines: WebGLBuffer;
      /** What the buffers hold. */
      private bandsOf: EdgeBuffer | null = null;
      private linesOf: EdgeBuffer | null = null;
      private readonly corners: WebGLBuffer;
      private readonly bandArray: WebGLVertexArrayObject;
      private readonly headArray: WebGLVertexArrayObject;
      private readonly thinArray: WebGLVertexArrayObject;

      constructor(private readonly gl: WebGL2RenderingContext) {
        this.bands = link(gl, VERTEX, FRAGMENT);
        this.thin = link(gl, THIN_VERTEX, THIN);
        this.buffer = gl.createBuffer();
        this.corners = gl.createBuffer();
        gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
        // A band's four corners, then an arrowhead's three.
        const corners = [0, -1, 0, 1, 1, -1, 1, 1, 0, 0, 1, -1, 1, 1];
        gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(corners), gl.STATIC_DRAW);
        this.bandArray = this.instances(0);
        this.headArray = this.instances(8 * 4);
        this.lines = gl.createBuffer();
        this.thinArray = gl.createVertexArray();
        gl.bindVertexArray(this.thinArray);
        gl.bindBuffer(gl.ARRAY_BUFFER, this.lines);
        gl.enableVertexAttribArray(0);
        gl.vertexAttribPointer(0, 2, gl.SHORT, false, 8, 0);
        gl.enableVertexAttribArray(1);
        gl.vertexAttribPointer(1, 4, gl.UNSIGNED_BYTE, true, 8, 4);
        gl.bindVertexArray(null);
      }

      private instances(corner: number): WebGLVertexArrayObject {
        const { gl } = this;
        const array = gl.createVertexArray();
        gl.bindVertexArray(array);
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
        const attributes: [size: number, type: number, normalized: boolean, offset: number][] = [
          [2, gl.SHORT, false, 0],
          [2, gl.SHORT, false, 4],
          [4, gl.UNSIGNED_BYTE, true, 8],
          [4, gl.UNSIGNED_BYTE, false, 12],
          [2, gl.UNSIGNED_BYTE, false, 16],
        ];
        attributes.forEach(([size, type, normalized, offset], location) => {
          gl.enableVertexAttribArray(location);
          gl.vertexAttribPointer(location, size, type, normalized, BYTES, offset);
          gl.vertexAttribDivisor(location, 1);
        });
        gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
        gl.enableVertexAttribArray(5);
        gl.vertexAttribPointer(5, 2, gl.FLOAT, false, 8, corner);
        gl.bindVertexArray(null);
        return array;
      }

      kill(): void {}
      reallocate(): void {}
      process(): void {}

      render(params: RenderParams): void {
        const { gl } = this;
        if (!current?.count || !painter.drawn) {
          return;
        }
        gl.enable(gl.BLEND);
        // Further in, fewer of them are in view.
        const inView = current.count * Math.min(1, params.zoomRatio);
        if (inView > BANDS) {
          if (this.linesOf !== current) {
            gl.bindBuffer(gl.ARRAY_BUFFER, this.lines);
            gl.bufferData(gl.ARRAY_BUFFER, current.lines, gl.STATIC_DRAW);
            this.linesOf = current;
          }
          this.draw(this.thin, params, () => {
            gl.bindVertexArray(this.thinArray);
            gl.drawArrays(gl.LINES, 0, current!.count * 2);
          });
          gl.bindVertexArray(null);
          return;
        }
        if (this.bandsOf !== current) {
          gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
          gl.bufferData(gl.ARRAY_BUFFER, current.bands, gl.STATIC_DRAW);
          this.bandsOf = current;
        }
        this.draw(this.bands, params, () => {
          gl.bindVertexArray(this.bandArray);
          gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, current!.count);
        });
        if (inView <= HEADS) {
          this.draw(
            this.bands,
            params,
            () => {
              gl.bindVertexArray(this.headArray);
              gl.drawArraysInstanced(gl.TRIANGLES, 0, 3, current!.count);
            },
            true,
          );
        }
        gl.bindVertexArray(null);
      }

      private draw(program: WebGLProgram, params: RenderParams, act: () => void, heads = false): void {
        const { gl } = this;
        const at = (name: string) => gl.getUniformLocation(program, name);
        gl.useProgram(program);
        gl.uniformMatrix3fv(at("u_matrix"), false, params.matrix);
        gl.uniform2f(at("u_viewport"), params.width, params.height);
        gl.uniform1f(at("u_sizeRatio"), params.sizeRatio);
        gl.uniform3fv(at("u_place"), painter.place);
        gl.uniform1i(at("u_heads"), Number(heads));
        act();
      }
    },
    set(buffer) {
      current = buffer;
    },
    drawn: true,
    place: [0, 0, 1],
  };
  return painter;
}

function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "the program of the edges cannot be linked");
  }
  return program;
}
