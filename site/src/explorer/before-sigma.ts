/** sigma reads constants of WebGL as soon as it is loaded. Where there is no WebGL, the rest of the page works all the same. */

const scope = globalThis as { WebGLRenderingContext?: unknown; WebGL2RenderingContext?: unknown };
scope.WebGLRenderingContext ??= class {};
scope.WebGL2RenderingContext ??= class {};
