// The peers are installed by the bench only, so that their types are not there when this folder is checked.
declare module 'sherpa-onnx-node';
declare module '@huggingface/transformers';
