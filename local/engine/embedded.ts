export { type RenderedResource, type RenderOptions, renderProgram } from "./render.ts";
