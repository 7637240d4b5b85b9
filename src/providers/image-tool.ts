/**
 * The model that OpenAI's tool `image_generation` asks where the tool names none (developers.openai.com, "Image
 * generation"). It may take a later one by itself, none of which is dearer.
 */
export const IMAGE_TOOL_MODEL = 'gpt-image-1'
