/** Nodes in WebGL: discs, rings, diamonds and squares, whose looks can change without sigma going through them all again. */

import { NodeProgram, type ProgramInfo } from "sigma/rendering";
import type { NodeDisplayData, RenderParams } from "sigma/types";
import type { Rgb } from "./palette";

const UNIFORMS = ["u_matrix", "u_viewport", "u_sizeRatio", "u_pixelRatio", "u_paper"] as const;

const VERTEX = /* glsl */ `
attribute vec2 a_position;
attribute float a_size;
attribute vec4 a_color;
attribute float a_shape;
attribute vec4 a_id;
attribute vec2 a_corner;
uniform mat3 u_matrix;
uniform vec2 u_viewport;
uniform float u_sizeRatio;
varying vec2 v_offset;
varying float v_radius;
varying float v_shape;
varying vec4 v_color;
void main() {
  v_radius = a_size / u_sizeRatio;
  v_shape = a_shape;
  v_offset = a_corner * (v_radius * 1.3 + 1.5);
  vec2 at = (u_matrix * vec3(a_position, 1.0)).xy;
  gl_Position = vec4(a_size > 0.0 ? at + v_offset * 2.0 / u_viewport : vec2(2.0), 0.0, 1.0);
  #ifdef PICKING_MODE
  v_color = a_id * (255.0 / 254.0);
  #else
  v_color = a_color;
  #endif
}`;

const FRAGMENT = /* glsl */ `
precision highp float;
varying vec2 v_offset;
varying float v_radius;
varying float v_shape;
varying vec4 v_color;
uniform float u_pixelRatio;
uniform vec3 u_paper;
void main() {
  vec2 at = abs(v_offset);
  float round = length(at);
  float reach = v_shape < 1.5 ? round : v_shape < 2.5 ? (at.x + at.y) * 0.8 : max(at.x, at.y) * 1.12;
  float inside = v_radius - reach;
  #ifdef PICKING_MODE
  gl_FragColor = inside > -1.5 ? v_color : vec4(0.0);
  #else
  float blur = 0.75 / u_pixelRatio;
  float body = smoothstep(-blur, blur, inside);
  float fill = 1.0;
  if (v_shape > 0.5 && v_shape < 1.5) {
    float line = clamp(v_radius * 0.3, 0.8, 2.2);
    fill = 1.0 - smoothstep(-blur, blur, inside - line);
  }
  // A hairline of paper parts what lies on each other.
  float halo = v_radius > 3.0 ? smoothstep(-blur, blur, inside + 1.2) : body;
  vec3 colour = mix(u_paper, v_color.rgb, body * fill);
  gl_FragColor = vec4(colour, 1.0) * halo * v_color.a;
  #endif
}`;

const { FLOAT, UNSIGNED_BYTE, TRIANGLE_STRIP } = WebGL2RenderingContext;
const STRIDE = 6;

/** The looks of the nodes, in the order in which they are drawn. */
export interface Looks {
  readonly size: Float32Array;
  /** Red, green, blue and alpha as bytes. */
  readonly colour: Uint32Array;
  readonly shape: Uint8Array;
  paper: Rgb;
}

export interface NodePainter {
  readonly program: typeof NodeProgram<string>;
  /** Takes changed looks over. */
  repaint(): void;
}

export function nodePainter(looks: Looks): NodePainter {
  let painted: (() => void) | null = null;

  class Program extends NodeProgram<(typeof UNIFORMS)[number]> {
    constructor(gl: WebGLRenderingContext, picking: WebGLFramebuffer | null, renderer: never) {
      super(gl, picking, renderer);
      // sigma makes a second one for the node under the pointer; only the first draws the map.
      painted ??= () => this.repaint();
    }

    getDefinition() {
      return {
        VERTICES: 4,
        VERTEX_SHADER_SOURCE: VERTEX,
        FRAGMENT_SHADER_SOURCE: FRAGMENT,
        METHOD: TRIANGLE_STRIP,
        UNIFORMS,
        ATTRIBUTES: [
          { name: "a_position", size: 2, type: FLOAT },
          { name: "a_size", size: 1, type: FLOAT },
          { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
          { name: "a_shape", size: 1, type: FLOAT },
          { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
        ],
        CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
        CONSTANT_DATA: [
          [-1, -1],
          [1, -1],
          [-1, 1],
          [1, 1],
        ],
      };
    }

    processVisibleItem(id: number, start: number, data: NodeDisplayData): void {
      const array = this.array;
      array[start] = data.x;
      array[start + 1] = data.y;
      array[start + 5] = id;
      this.paint(start / STRIDE);
    }

    setUniforms(params: RenderParams, { gl, uniformLocations }: ProgramInfo): void {
      gl.uniformMatrix3fv(uniformLocations["u_matrix"], false, params.matrix);
      gl.uniform2f(uniformLocations["u_viewport"], params.width, params.height);
      gl.uniform1f(uniformLocations["u_sizeRatio"], params.sizeRatio);
      gl.uniform1f(uniformLocations["u_pixelRatio"], params.pixelRatio);
      gl.uniform3fv(uniformLocations["u_paper"], looks.paper.map((each) => each / 255));
    }

    private paint(index: number): void {
      const start = index * STRIDE;
      this.array[start + 2] = looks.size[index];
      // Written as bytes: as floats, some colours would be no numbers, and might not stay what they are.
      new Uint32Array(this.array.buffer, (start + 3) * 4, 1)[0] = looks.colour[index];
      this.array[start + 4] = looks.shape[index];
    }

    private repaint(): void {
      const bits = new Uint32Array(this.array.buffer);
      const array = this.array;
      for (let index = 0, start = 0; start < array.length; index++, start += STRIDE) {
        array[start + 2] = looks.size[index];
        bits[start + 3] = looks.colour[index];
        array[start + 4] = looks.shape[index];
      }
    }
  }
  return { program: Program as unknown as typeof NodeProgram<string>, repaint: () => painted?.() };
}

/** Draws nothing: what is under the pointer is drawn by the map itself. */
export class NoProgram {
  drawLabel = undefined;
  drawHover = undefined;
  kill(): void {}
  reallocate(): void {}
  process(): void {}
  render(): void {}
}
