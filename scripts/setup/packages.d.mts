export declare function nodeBinary(root: string): string;
export declare function packagesMissing(root: string): boolean;
